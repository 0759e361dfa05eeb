package dev.coracle.cli.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/// Writes a file or a tree of the caller's as a tar archive: regular files, directories and
/// symbolic links, in PAX form where names or sizes are long.
final class TarWriter {
    /// From the highest bit of the mode to the lowest.
    static final List<PosixFilePermission> PERMISSIONS = List.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private static final int BLOCK = 512;
    private static final int LONGEST = 100;
    private static final long LARGEST_OCTAL = 1L << 33;

    private final OutputStream out;
    private final boolean keepOwners;

    /// @param keepOwners whether owners are kept, or root
    TarWriter(OutputStream out, boolean keepOwners) {
        this.out = out;
        this.keepOwners = keepOwners;
    }

    /// Writes everything at a path under another name, and the end of the archive.
    ///
    /// @param follow whether the path itself is followed when it is a symbolic link
    void write(Path source, String name, boolean follow) throws IOException {
        entry(follow ? source.toRealPath() : source, name);
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void entry(Path path, String name) throws IOException {
        var attributes = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            header(name, '2', attributes, 0, Files.readSymbolicLink(path).toString(), path);
        } else if (attributes.isDirectory()) {
            header(name + "/", '5', attributes, 0, "", path);
            try (var children = Files.newDirectoryStream(path)) {
                for (var child : children) {
                    entry(child, name + "/" + child.getFileName());
                }
            }
        } else if (attributes.isRegularFile()) {
            header(name, '0', attributes, attributes.size(), "", path);
            content(path, attributes.size());
        } else {
            throw new IOException("copy " + path + ": it is neither a file nor a directory");
        }
    }

    private void content(Path path, long size) throws IOException {
        var left = size;
        var piece = new byte[1 << 16];
        try (var in = Files.newInputStream(path)) {
            while (left > 0) {
                var count = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (count < 0) {
                    throw new IOException("copy " + path + ": it became shorter while it was read");
                }
                out.write(piece, 0, count);
                left -= count;
            }
        }
        pad(size);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private void header(String name, char type, PosixFileAttributes attributes, long size, String link, Path path)
            throws IOException {
        var nameBytes = name.getBytes(StandardCharsets.UTF_8);
        var linkBytes = link.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length > LONGEST || linkBytes.length > LONGEST || size >= LARGEST_OCTAL) {
            extended(name, link, size);
        }
        var block = new byte[BLOCK];
        put(block, 0, nameBytes, LONGEST);
        octal(block, 100, 8, mode(attributes.permissions()));
        octal(block, 108, 8, keepOwners ? owner(path, "unix:uid") : 0);
        octal(block, 116, 8, keepOwners ? owner(path, "unix:gid") : 0);
        octal(block, 124, 12, Math.min(size, LARGEST_OCTAL - 1));
        octal(
                block,
                136,
                12,
                Math.max(0, attributes.lastModifiedTime().toInstant().getEpochSecond()));
        block[156] = (byte) type;
        put(block, 157, linkBytes, LONGEST);
        put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
        sum(block);
        out.write(block);
    }

    private static long owner(Path path, String attribute) throws IOException {
        return Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS) instanceof Integer id ? id : 0;
    }

    private void extended(String name, String link, long size) throws IOException {
        var records = record("path", name)
                + (link.isEmpty() ? "" : record("linkpath", link))
                + record("size", Long.toString(size));
        var bytes = records.getBytes(StandardCharsets.UTF_8);
        var block = new byte[BLOCK];
        put(block, 0, "pax".getBytes(StandardCharsets.US_ASCII), LONGEST);
        octal(block, 100, 8, 0644);
        octal(block, 124, 12, bytes.length);
        octal(block, 136, 12, 0);
        block[156] = 'x';
        put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
        sum(block);
        out.write(block);
        out.write(bytes);
        pad(bytes.length);
    }

    private static String record(String key, String value) {
        var rest = " " + key + "=" + value + "\n";
        var length = rest.getBytes(StandardCharsets.UTF_8).length;
        var digits = Integer.toString(length).length();
        if (Integer.toString(length + digits).length() > digits) {
            digits++;
        }
        return (length + digits) + rest;
    }

    private static int mode(Set<PosixFilePermission> permissions) {
        var mode = 0;
        for (var permission : permissions) {
            mode |= 0400 >> PERMISSIONS.indexOf(permission);
        }
        return mode;
    }

    private static void put(byte[] block, int at, byte[] bytes, int most) {
        System.arraycopy(bytes, 0, block, at, Math.min(bytes.length, most));
    }

    private static void octal(byte[] block, int at, int width, long value) {
        var text = String.format("%0" + (width - 1) + "o", value);
        put(block, at, text.getBytes(StandardCharsets.US_ASCII), width - 1);
    }

    private static void sum(byte[] block) {
        put(block, 148, "        ".getBytes(StandardCharsets.US_ASCII), 8);
        var sum = 0;
        for (var b : block) {
            sum += b & 0xff;
        }
        put(block, 148, (String.format("%06o", sum) + "\0 ").getBytes(StandardCharsets.US_ASCII), 8);
    }
}
