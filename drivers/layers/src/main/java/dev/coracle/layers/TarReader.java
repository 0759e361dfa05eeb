package dev.coracle.layers;

import dev.coracle.layers.TarEntry.Extent;
import dev.coracle.layers.TarEntry.Owner;
import dev.coracle.linux.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads an archive in one pass: ustar, PAX, GNU and the sparse files of both, the old V7 format.
///
/// The input is hostile until proven otherwise. Nothing is allocated by what a header says before
/// it was compared with a limit, and everything that is not understood is an error: a layer
/// half-read would be a different layer.
final class TarReader {
    /// The largest PAX header, long name or sparse map; GNU tar and Go draw the line here too.
    static final int LARGEST_HEADER = 1 << 20;

    /// Takes the data of a file; the position is the place in the unpacked file.
    @FunctionalInterface
    interface Sink {
        void accept(long position, byte[] bytes, int offset, int length) throws IOException;
    }

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final ByteChunks input;
    private ByteBuffer chunk = EMPTY;
    private boolean ended;
    /// Bytes of the current entry's data, and of the padding after it, not read yet.
    private long dataLeft;

    private int padding;
    private List<Extent> extents = List.of();

    TarReader(ByteChunks input) {
        this.input = input;
    }

    /// The next entry; empty at the end of the archive. What was not read of the last one is
    /// skipped.
    Optional<TarEntry> next() throws IOException {
        skip(dataLeft + padding);
        dataLeft = 0;
        padding = 0;
        var extension = new Extension();
        while (true) {
            var header = header();
            if (header == null) {
                if (!extension.isEmpty()) {
                    throw new TarException("the archive ends after an extended header");
                }
                return Optional.empty();
            }
            switch (header.flag()) {
                case 'x', 'X' -> extension.pax = PaxRecords.parse(headerData(header));
                // comments for the whole archive, as git writes them
                case 'g' -> headerData(header);
                case 'L' -> extension.name = terminated(headerData(header));
                case 'K' -> extension.link = terminated(headerData(header));
                default -> {
                    return Optional.of(entry(header, extension));
                }
            }
        }
    }

    /// What the headers before an entry's own said about it.
    private static final class Extension {
        @Nullable
        PaxRecords pax;

        byte @Nullable [] name;
        byte @Nullable [] link;

        boolean isEmpty() {
            return pax == null && name == null && link == null;
        }
    }

    /// Passes on the data of the current file, of a sparse one without the holes.
    void data(Sink sink) throws IOException {
        for (var extent : extents) {
            for (var done = 0L; done < extent.length(); ) {
                fill();
                var part = (int) Math.min(chunk.remaining(), extent.length() - done);
                var from = chunk.arrayOffset() + chunk.position();
                sink.accept(extent.offset() + done, chunk.array(), from, part);
                chunk.position(chunk.position() + part);
                done += part;
                dataLeft -= part;
            }
        }
        extents = List.of();
    }

    /// Reads on behind the end of the archive: the digest covers what lies there, too.
    void drain() throws IOException {
        while (chunk.hasRemaining() || !ended) {
            chunk = input.next();
            ended = !chunk.hasRemaining();
        }
    }

    private TarEntry entry(TarHeader header, Extension extension) throws IOException {
        var pax = extension.pax == null ? PaxRecords.parse(new byte[0]) : extension.pax;
        var name = name(header, extension, pax);
        var type = type(header, name);
        var sparse = Optional.<List<Extent>>empty();
        var size = 0L;
        if (type == EntryType.FILE) {
            stored(pax.number("size", header.size()), name);
            size = dataLeft;
            sparse = sparse(header, pax, name);
            if (sparse.isPresent()) {
                size = realSize(header, pax);
                sparse = Optional.of(SparseMap.checked(sparse.get(), size, dataLeft));
            }
        }
        extents = sparse.orElse(List.of(new Extent(0, size)));
        var modified = pax.bytes("mtime");
        return new TarEntry(
                type,
                FileName.of(name),
                link(header, extension, pax, type, name),
                new Owner(header.mode(), id(pax, "uid", header.user()), id(pax, "gid", header.group())),
                size,
                modified == null ? TarNumbers.seconds(header.modified()) : TarNumbers.time(modified),
                type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE
                        ? header.device()
                        : TarEntry.NO_DEVICE,
                sparse,
                pax.attributes());
    }

    private static byte[] name(TarHeader header, Extension extension, PaxRecords pax) throws TarException {
        var given = or(or(pax.bytes("GNU.sparse.name"), pax.bytes("path")), extension.name);
        var name = given == null ? header.name() : given;
        if (name.length == 0) {
            throw new TarException("an entry has no name");
        }
        return withoutZero(name);
    }

    private static Optional<FileName> link(
            TarHeader header, Extension extension, PaxRecords pax, EntryType type, byte[] name) throws TarException {
        if (type != EntryType.SYMLINK && type != EntryType.HARD_LINK) {
            return Optional.empty();
        }
        var given = or(pax.bytes("linkpath"), extension.link);
        var link = given == null ? header.link() : given;
        if (link.length == 0) {
            throw new TarException("the link \"" + FileName.of(name) + "\" has no target");
        }
        return Optional.of(FileName.of(withoutZero(link)));
    }

    private static byte @Nullable [] or(byte @Nullable [] one, byte @Nullable [] other) {
        return one == null ? other : one;
    }

    private static EntryType type(TarHeader header, byte[] name) throws TarException {
        return switch (header.flag()) {
            // the oldest archives tell a directory by its name alone
            case 0, '0' -> name[name.length - 1] == '/' ? EntryType.DIRECTORY : EntryType.FILE;
            case '7', 'S' -> EntryType.FILE;
            case '1' -> EntryType.HARD_LINK;
            case '2' -> EntryType.SYMLINK;
            case '3' -> EntryType.CHARACTER_DEVICE;
            case '4' -> EntryType.BLOCK_DEVICE;
            case '5' -> EntryType.DIRECTORY;
            case '6' -> EntryType.FIFO;
            default ->
                throw new TarException(
                        "the entry \"" + FileName.of(name) + "\" has the unknown type '" + printable(header) + "'");
        };
    }

    private static String printable(TarHeader header) {
        var flag = header.flag();
        return flag > ' ' && flag < 127 ? Character.toString(flag) : "0x" + Integer.toHexString(flag);
    }

    private static long id(PaxRecords pax, String key, long header) throws TarException {
        var id = pax.number(key, header);
        if (id < 0 || id > 0xfffffffeL) {
            throw new TarException("the " + key + " " + id + " is out of range");
        }
        return id;
    }

    /// From here on the data of the entry is what comes next.
    private void stored(long bytes, byte[] name) throws TarException {
        if (bytes < 0 || bytes > Long.MAX_VALUE - TarHeader.BLOCK) {
            throw new TarException("the entry \"" + FileName.of(name) + "\" has the impossible size " + bytes);
        }
        dataLeft = bytes;
        padding = (int) (-bytes & (TarHeader.BLOCK - 1));
    }

    private Optional<List<Extent>> sparse(TarHeader header, PaxRecords pax, byte[] name) throws IOException {
        if (header.flag() == 'S') {
            return Optional.of(oldSparse(header));
        }
        var major = pax.text("GNU.sparse.major");
        var minor = pax.text("GNU.sparse.minor");
        if (major != null || minor != null) {
            if (!"1".equals(major) || !"0".equals(minor)) {
                throw new TarException("the entry \"" + FileName.of(name) + "\" is a sparse file of the unknown format "
                        + major + "." + minor);
            }
            return Optional.of(storedMap());
        }
        var commas = pax.text("GNU.sparse.map");
        if (commas != null) {
            return Optional.of(SparseMap.ofCommas(commas));
        }
        return pax.bytes("GNU.sparse.size") == null ? Optional.empty() : Optional.of(pax.sparse());
    }

    private static long realSize(TarHeader header, PaxRecords pax) throws TarException {
        return header.flag() == 'S'
                ? header.realSize()
                : pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", 0));
    }

    private List<Extent> oldSparse(TarHeader header) throws IOException {
        var map = new ArrayList<Extent>();
        SparseMap.addOld(map, header.block(), 386, 4);
        for (var goesOn = header.sparseGoesOn(); goesOn; ) {
            var block = block();
            SparseMap.addOld(map, block, 0, 21);
            goesOn = block[504] != 0;
        }
        return map;
    }

    /// The map of format 1.0 stands in front of the data: decimal lines, padded to a block.
    private List<Extent> storedMap() throws IOException {
        var map = new ArrayList<Extent>();
        var lines = new Lines();
        var count = lines.number();
        if (count > SparseMap.MOST_EXTENTS) {
            throw new TarException("a sparse map has more than " + SparseMap.MOST_EXTENTS + " entries");
        }
        for (var i = 0L; i < count; i++) {
            map.add(new Extent(lines.number(), lines.number()));
        }
        return map;
    }

    /// Decimal lines in whole blocks of the current entry's data.
    private final class Lines {
        private byte[] block = new byte[0];
        private int at;

        long number() throws IOException {
            var digits = new StringBuilder();
            while (true) {
                if (at == block.length) {
                    if (dataLeft < TarHeader.BLOCK) {
                        throw new TarException("a sparse map does not end");
                    }
                    block = block();
                    dataLeft -= TarHeader.BLOCK;
                    at = 0;
                }
                var b = block[at++];
                if (b == '\n') {
                    return TarNumbers.decimal(digits.toString(), "number in a sparse map");
                }
                if (digits.length() > 20) {
                    throw new TarException("a sparse map has a line that is too long");
                }
                digits.append((char) (b & 0xff));
            }
        }
    }

    /// The next header, or null at the end: two blocks of zeros, or no more bytes.
    private @Nullable TarHeader header() throws IOException {
        if (!more()) {
            return null;
        }
        var block = block();
        if (!isZero(block)) {
            return new TarHeader(block);
        }
        if (more() && !isZero(block())) {
            throw new TarException("a header follows a block of zeros");
        }
        return null;
    }

    private static boolean isZero(byte[] block) {
        for (var b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /// The data of a header that describes the next one.
    private byte[] headerData(TarHeader header) throws IOException {
        var size = header.size();
        if (size < 0 || size > LARGEST_HEADER) {
            throw new TarException(
                    "an extended header has " + size + " bytes; at most " + LARGEST_HEADER + " are allowed");
        }
        var data = new byte[(int) size];
        read(data);
        skip(-size & (TarHeader.BLOCK - 1));
        return data;
    }

    private static byte[] terminated(byte[] data) {
        var end = 0;
        while (end < data.length && data[end] != 0) {
            end++;
        }
        return Arrays.copyOf(data, end);
    }

    private static byte[] withoutZero(byte[] name) throws TarException {
        for (var b : name) {
            if (b == 0) {
                throw new TarException("the name \"" + new String(terminated(name), StandardCharsets.UTF_8)
                        + "\" contains a zero byte");
            }
        }
        return name;
    }

    private byte[] block() throws IOException {
        var block = new byte[TarHeader.BLOCK];
        read(block);
        return block;
    }

    private void read(byte[] into) throws IOException {
        for (var at = 0; at < into.length; ) {
            fill();
            var part = Math.min(chunk.remaining(), into.length - at);
            chunk.get(into, at, part);
            at += part;
        }
    }

    private void skip(long bytes) throws IOException {
        for (var left = bytes; left > 0; ) {
            fill();
            var part = (int) Math.min(chunk.remaining(), left);
            chunk.position(chunk.position() + part);
            left -= part;
        }
    }

    private void fill() throws IOException {
        if (!more()) {
            throw new TarException("the archive ends in the middle of an entry");
        }
    }

    private boolean more() throws IOException {
        if (!chunk.hasRemaining() && !ended) {
            chunk = input.next();
            ended = !chunk.hasRemaining();
        }
        return !ended || chunk.hasRemaining();
    }
}
