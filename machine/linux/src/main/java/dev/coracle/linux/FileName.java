package dev.coracle.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A file name or path as the kernel sees it: bytes without a zero. Images hold names that are not valid UTF-8, which a
/// `String` or `Path` would not survive.
public final class FileName implements Comparable<FileName> {
    public static final FileName HERE = of(".");

    private final byte[] bytes;

    /// @param bytes without a zero
    private FileName(byte[] bytes) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a file name must not be empty");
        }
        this.bytes = bytes;
    }

    public static FileName of(byte[] bytes) {
        return new FileName(checked(bytes.clone()));
    }

    public static FileName of(String name) {
        return new FileName(checked(name.getBytes(StandardCharsets.UTF_8)));
    }

    /// The name that begins here and ends before the next zero.
    static FileName terminated(byte[] bytes, int from) {
        var end = from;
        while (bytes[end] != 0) {
            end++;
        }
        return new FileName(Arrays.copyOfRange(bytes, from, end));
    }

    private static byte[] checked(byte[] bytes) {
        for (var b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a file name must not contain a zero byte: " + text(bytes));
            }
        }
        return bytes;
    }

    public static FileName of(Path path) {
        return of(path.toString().isEmpty() ? "." : path.toString());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /// The bytes themselves, not to be changed.
    byte[] raw() {
        return bytes;
    }

    /// The parts between slashes, without empty ones and without `.`; `..` is kept.
    public List<FileName> segments() {
        var segments = new ArrayList<FileName>();
        var start = 0;
        for (var i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start && !(i == start + 1 && bytes[start] == '.')) {
                    segments.add(new FileName(Arrays.copyOfRange(bytes, start, i)));
                }
                start = i + 1;
            }
        }
        return List.copyOf(segments);
    }

    public boolean isAbsolute() {
        return bytes[0] == '/';
    }

    /// Is this one name that stays in its directory: no slash, neither `.` nor `..`?
    public boolean isSingle() {
        for (var b : bytes) {
            if (b == '/') {
                return false;
            }
        }
        return !isDots();
    }

    private boolean isDots() {
        return bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
    }

    /// This path, then another below it.
    public FileName resolve(FileName below) {
        var joined = Arrays.copyOf(bytes, bytes.length + 1 + below.bytes.length);
        joined[bytes.length] = '/';
        System.arraycopy(below.bytes, 0, joined, bytes.length + 1, below.bytes.length);
        return new FileName(joined);
    }

    @Override
    public int compareTo(FileName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// For people: bytes that are not UTF-8 appear as replacement characters.
    @Override
    public String toString() {
        return text(bytes);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
