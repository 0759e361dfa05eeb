package dev.coracle.cli.copy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Unpacks what came out of a container below a directory of the caller's. Nothing is believed:
/// names may not leave the directory, and nothing is written through a symbolic link.
final class TarReader {
    private static final int BLOCK = 512;
    private static final int LARGEST_HEADER = 1 << 20;

    private final InputStream in;
    private final Path root;
    private final String from;
    private final String to;
    private final List<Runnable> later = new ArrayList<>();

    /// @param from the first part of every name in the archive
    /// @param to what stands for it below the root; empty: the root itself
    TarReader(InputStream in, Path root, String from, String to) {
        this.in = in;
        this.root = root;
        this.from = from;
        this.to = to;
    }

    private record Entry(String name, String link, char type, long size, int mode, long modified) {}

    void unpack() throws IOException {
        Map<String, String> extended = new HashMap<>();
        for (var block = in.readNBytes(BLOCK); block.length == BLOCK && block[0] != 0; block = in.readNBytes(BLOCK)) {
            var type = (char) block[156];
            var size = octal(block, 124, 12);
            if (type == 'x' || type == 'L' || type == 'K') {
                var text = text(size);
                switch (type) {
                    case 'x' -> extended.putAll(records(text));
                    case 'L' -> extended.put("path", text.replace("\0", ""));
                    default -> extended.put("linkpath", text.replace("\0", ""));
                }
                continue;
            }
            if (type == 'g') {
                text(size);
                continue;
            }
            one(entry(block, type, size, extended));
            extended.clear();
        }
        in.transferTo(java.io.OutputStream.nullOutputStream());
        later.reversed().forEach(Runnable::run);
    }

    private static Entry entry(byte[] block, char type, long size, Map<String, String> extended) {
        var prefix = string(block, 257, 5).equals("ustar") ? string(block, 345, 155) : "";
        var plain = (prefix.isEmpty() ? "" : prefix + "/") + string(block, 0, 100);
        var sized = extended.get("size");
        return new Entry(
                extended.getOrDefault("path", plain),
                extended.getOrDefault("linkpath", string(block, 157, 100)),
                type,
                sized == null ? size : number(sized),
                (int) octal(block, 100, 8),
                octal(block, 136, 12));
    }

    private static long number(String digits) {
        if (!digits.matches("[0-9]{1,18}")) {
            throw new InvalidArgument("archive: malformed number \"" + digits + "\"");
        }
        return Long.parseLong(digits);
    }

    private String text(long size) throws IOException {
        if (size > LARGEST_HEADER) {
            throw new InvalidArgument("archive: header of " + size + " bytes is too large");
        }
        var bytes = in.readNBytes((int) size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Map<String, String> records(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var found = new HashMap<String, String>();
        for (var at = 0; at < bytes.length; ) {
            var space = at;
            while (space < bytes.length && bytes[space] != ' ') {
                space++;
            }
            var length = number(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
            if (length < space - at + 3 || at + length > bytes.length) {
                throw new InvalidArgument("archive: malformed header");
            }
            var record = new String(bytes, space + 1, (int) (at + length - space - 2), StandardCharsets.UTF_8);
            var equals = record.indexOf('=');
            if (equals > 0) {
                found.put(record.substring(0, equals), record.substring(equals + 1));
            }
            at += (int) length;
        }
        return found;
    }

    private static String string(byte[] block, int at, int most) {
        var end = at;
        while (end < at + most && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] block, int at, int width) {
        if ((block[at] & 0x80) != 0) {
            var value = block[at] & 0x3fL;
            for (var i = at + 1; i < at + width; i++) {
                value = value << 8 | (block[i] & 0xff);
            }
            return value;
        }
        var digits = string(block, at, width).strip();
        if (!digits.matches("[0-7]{0,20}")) {
            throw new InvalidArgument("archive: malformed number \"" + digits + "\"");
        }
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }

    private void one(Entry entry) throws IOException {
        var target = target(entry.name());
        switch (entry.type()) {
            case '5' -> directory(target, entry);
            case '2' -> {
                clear(target);
                Files.createSymbolicLink(target, Path.of(entry.link()));
            }
            case '1' -> {
                clear(target);
                Files.createLink(target, target(entry.link()));
            }
            case '0', '\0', '7' -> file(target, entry);
            default -> throw new InvalidArgument("copy " + entry.name() + ": devices and pipes are not copied");
        }
        if (entry.type() != '0' && entry.type() != '\0' && entry.type() != '7') {
            in.skipNBytes(entry.size() + (BLOCK - entry.size() % BLOCK) % BLOCK);
        }
    }

    /// The place of a name; its parents are directories, and no links.
    private Path target(String name) throws IOException {
        var clean = name.replaceFirst("/+$", "").replaceFirst("^\\./", "");
        var parts = List.of(clean.split("/+"));
        if (clean.isEmpty()
                || name.startsWith("/")
                || parts.contains("..")
                || !parts.getFirst().equals(from)) {
            throw new InvalidArgument("archive: unexpected name \"" + name + "\"");
        }
        var place = to.isEmpty() ? root : root.resolve(to);
        for (var i = 1; i < parts.size(); i++) {
            if (i > 1 && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidArgument("archive: the parent of \"" + name + "\" is not a directory");
            }
            place = place.resolve(parts.get(i));
        }
        return place;
    }

    private static void clear(Path target) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(target);
        }
    }

    private void directory(Path target, Entry entry) throws IOException {
        if (!Files.isDirectory(target)) {
            Files.createDirectory(target);
        }
        later.add(() -> finish(target, entry));
    }

    private void file(Path target, Entry entry) throws IOException {
        if (Files.isSymbolicLink(target)) {
            clear(target);
        }
        var left = entry.size();
        var piece = new byte[1 << 16];
        try (var out = Files.newOutputStream(target)) {
            while (left > 0) {
                var count = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (count < 0) {
                    throw new IOException("copy " + entry.name() + ": the archive is cut short");
                }
                out.write(piece, 0, count);
                left -= count;
            }
        }
        in.skipNBytes((BLOCK - entry.size() % BLOCK) % BLOCK);
        finish(target, entry);
    }

    private static void finish(Path target, Entry entry) {
        try {
            Files.setPosixFilePermissions(target, permissions(entry.mode()));
            Files.setLastModifiedTime(target, FileTime.from(Instant.ofEpochSecond(entry.modified())));
        } catch (NoSuchFileException replaced) {
            // a later entry took its place
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (var i = 0; i < TarWriter.PERMISSIONS.size(); i++) {
            if ((mode & 0400 >> i) != 0) {
                set.add(TarWriter.PERMISSIONS.get(i));
            }
        }
        return set;
    }
}
