package dev.coracle.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The part of this process's memory that is only a view of files: the code of libraries, and start-up caches.
public final class FilePages {
    private static final int MADV_DONTNEED = 4;
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    private FilePages() {}

    /// A stretch of memory, by its first byte and its length.
    record Stretch(long start, long length) {}

    /// Lets go of it. The pages come back one by one from the cache of the file system when they are needed, which for
    /// a
    /// program that only waits are few: worth it for one that has started and now stays.
    ///
    /// Nothing is lost, because a stretch in which a page was ever written is left alone.
    public static void release() throws IOException {
        for (var stretch : unwritten(Files.readAllLines(MAPPINGS, StandardCharsets.ISO_8859_1))) {
            // a kernel that does not want to has lost nothing, either
            var _ = Native.raw(Sys.MADVISE, stretch.start, stretch.length, MADV_DONTNEED);
        }
    }

    /// Private views of files that cannot be written and have not been before: what a linker has written to and then
    /// protected holds anonymous pages.
    ///
    /// @param lines of smaps: a line per mapping, `start-end rights offset device inode path`, and lines of figures
    static List<Stretch> unwritten(List<String> lines) {
        var found = new ArrayList<Stretch>();
        var candidate = "";
        for (var line : lines) {
            if (line.startsWith("Anonymous:")) {
                if (!candidate.isEmpty() && line.endsWith(" 0 kB")) {
                    found.add(stretch(candidate));
                }
                candidate = "";
            } else if (!isFigure(line)) {
                candidate = isReadOnlyFile(line) ? line : "";
            }
        }
        return List.copyOf(found);
    }

    /// Figures begin with a capital letter, mappings with a hexadecimal digit in small letters.
    private static boolean isFigure(String line) {
        return line.isEmpty() || (line.charAt(0) >= 'A' && line.charAt(0) <= 'Z');
    }

    private static boolean isReadOnlyFile(String line) {
        return (line.contains(" r--p ") || line.contains(" r-xp ")) && line.indexOf('/') > 0;
    }

    private static Stretch stretch(String line) {
        var dash = line.indexOf('-');
        var start = Long.parseUnsignedLong(line.substring(0, dash), 16);
        var end = Long.parseUnsignedLong(line.substring(dash + 1, line.indexOf(' ')), 16);
        return new Stretch(start, end - start);
    }
}
