package dev.coracle.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One line of mountinfo.
///
/// @param root the directory of the file system that is mounted
/// @param options flags of this mount; `superOptions` are those of the file system
/// @param propagation the optional fields, such as `shared:1` or `master:2`
public record MountInfo(
        int id,
        int parent,
        Device device,
        String root,
        String target,
        List<String> options,
        List<String> propagation,
        String type,
        String source,
        List<String> superOptions) {

    public MountInfo {
        options = List.copyOf(options);
        propagation = List.copyOf(propagation);
        superOptions = List.copyOf(superOptions);
    }

    public boolean isShared() {
        return propagation.stream().anyMatch(field -> field.startsWith("shared:"));
    }

    static MountInfo parse(String line) {
        var words = line.split(" ", -1);
        var dash = Arrays.asList(words).indexOf("-");
        if (words.length < 10 || dash < 6 || words.length < dash + 4) {
            throw new IllegalArgumentException("unexpected line in mountinfo: " + line);
        }
        var device = words[2].split(":", 2);
        return new MountInfo(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                new Device(Integer.parseInt(device[0]), Integer.parseInt(device[1])),
                unescape(words[3]),
                unescape(words[4]),
                List.of(words[5].split(",")),
                Arrays.asList(words).subList(6, dash),
                words[dash + 1],
                unescape(words[dash + 2]),
                List.of(words[dash + 3].split(",")));
    }

    /// Blank, tab, newline and backslash are written as three octal digits; the rest are the name's own bytes.
    private static String unescape(String word) {
        var bytes = new ArrayList<Byte>();
        for (var i = 0; i < word.length(); i++) {
            if (word.charAt(i) == '\\' && i + 3 < word.length()) {
                bytes.add((byte) Integer.parseInt(word.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.add((byte) word.charAt(i));
            }
        }
        var array = new byte[bytes.size()];
        for (var i = 0; i < array.length; i++) {
            array[i] = bytes.get(i);
        }
        return new String(array, StandardCharsets.UTF_8);
    }
}
