package dev.coracle.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Small files that say how far something has come: one `key=value` a line. Written beside and renamed, so that a
/// reader
/// after a crash sees the old words or the new ones. They are not synced: after a power cut there are no processes left
/// to find.
final class StateFile {
    private StateFile() {}

    static void write(Path file, Map<String, String> words) throws IOException {
        var text = new StringBuilder();
        new TreeMap<>(words)
                .forEach((key, value) -> text.append(key)
                        .append('=')
                        .append(value.replace("\\", "\\\\").replace("\n", "\\n"))
                        .append('\n'));
        var beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Empty when the file does not exist.
    static Optional<Map<String, String>> read(Path file) throws IOException {
        var words = new TreeMap<String, String>();
        try {
            for (var line : Files.readString(file).split("\n", -1)) {
                var equals = line.indexOf('=');
                if (equals > 0) {
                    words.put(line.substring(0, equals), unescaped(line.substring(equals + 1)));
                }
            }
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        return Optional.of(words);
    }

    private static String unescaped(String value) {
        var text = new StringBuilder();
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                c = value.charAt(++i) == 'n' ? '\n' : '\\';
            }
            text.append(c);
        }
        return text.toString();
    }
}
