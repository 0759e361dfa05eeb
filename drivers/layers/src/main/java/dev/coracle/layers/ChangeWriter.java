package dev.coracle.layers;

import dev.coracle.layers.TarEntry.Owner;
import dev.coracle.linux.Device;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.Xattrs;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Writes changes of a tree as a layer. A directory that only holds changes is written before
/// the first of them, so that the layer can be unpacked upon an empty tree with the right owner
/// and mode.
final class ChangeWriter implements Changes {
    /// A name in an open directory.
    record Place(FileName path, Directory directory, FileName name, FileStatus status) {}

    private record Inode(Device device, long number) {}

    private final TarWriter tar;
    private final Optional<Instant> latest;
    private final Map<Inode, FileName> linked = new HashMap<>();
    /// Directories being walked that nothing was written of yet, outermost first.
    private final Deque<Place> pending = new ArrayDeque<>();

    private final byte[] buffer = new byte[1 << 17];

    ChangeWriter(TarWriter tar, Optional<Instant> latest) {
        this.tar = tar;
        this.latest = latest;
    }

    @Override
    public void enter(Place directory) {
        pending.addLast(directory);
    }

    @Override
    public void leave(Place directory) {
        if (directory.equals(pending.peekLast())) {
            pending.removeLast();
        }
    }

    @Override
    public void write(Place place) throws IOException {
        writePending();
        entry(place);
    }

    @Override
    public void whiteout(FileName parent, FileName name) throws IOException {
        writePending();
        marker(parent, FileName.of(prefixed(name.bytes())));
    }

    @Override
    public void opaque(FileName directory) throws IOException {
        writePending();
        marker(directory, FileName.of(".wh..wh..opq"));
    }

    private static byte[] prefixed(byte[] name) {
        var whiteout = new byte[name.length + 4];
        whiteout[0] = '.';
        whiteout[1] = 'w';
        whiteout[2] = 'h';
        whiteout[3] = '.';
        System.arraycopy(name, 0, whiteout, 4, name.length);
        return whiteout;
    }

    private void marker(FileName parent, FileName name) throws IOException {
        // a time of its own would make every archive another one
        tar.begin(new TarEntry(
                EntryType.FILE, EntryPath.below(parent, name), Optional.empty(), new Owner(0, 0, 0), 0, Instant.EPOCH));
    }

    private void writePending() throws IOException {
        while (!pending.isEmpty()) {
            entry(pending.removeFirst());
        }
    }

    private void entry(Place place) throws IOException {
        var status = place.status();
        switch (status.type()) {
            case SOCKET, UNKNOWN -> {
                // an archive cannot hold them, and nobody misses a socket without its process
            }
            case FILE -> file(place);
            case DIRECTORY -> tar.begin(described(place, EntryType.DIRECTORY, Optional.empty(), 0));
            case SYMLINK ->
                tar.begin(described(
                        place, EntryType.SYMLINK, Optional.of(place.directory().readSymlink(place.name())), 0));
            case FIFO -> linkable(place, EntryType.FIFO);
            case CHARACTER_DEVICE -> linkable(place, EntryType.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> linkable(place, EntryType.BLOCK_DEVICE);
        }
    }

    private void linkable(Place place, EntryType type) throws IOException {
        if (!writtenAsLink(place)) {
            tar.begin(described(place, type, Optional.empty(), 0));
        }
    }

    private boolean writtenAsLink(Place place) throws IOException {
        var status = place.status();
        if (status.links() < 2) {
            return false;
        }
        var first = linked.putIfAbsent(new Inode(status.device(), status.inode()), place.path());
        if (first == null) {
            return false;
        }
        tar.begin(new TarEntry(
                EntryType.HARD_LINK, place.path(), Optional.of(first), owner(status), 0, time(status.modified())));
        return true;
    }

    private void file(Place place) throws IOException {
        if (writtenAsLink(place)) {
            return;
        }
        tar.begin(described(
                place, EntryType.FILE, Optional.empty(), place.status().size()));
        try (var file = place.directory().open(place.name(), Set.of(OpenFlag.NON_BLOCKING), 0)) {
            for (var length = file.read(buffer, 0, buffer.length);
                    length > 0;
                    length = file.read(buffer, 0, buffer.length)) {
                tar.data(buffer, 0, length);
            }
        }
    }

    private TarEntry described(Place place, EntryType type, Optional<FileName> link, long size) throws IOException {
        var status = place.status();
        var device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE
                ? status.special()
                : TarEntry.NO_DEVICE;
        return new TarEntry(
                type,
                place.path(),
                link,
                owner(status),
                size,
                time(status.modified()),
                device,
                Optional.empty(),
                attributes(place));
    }

    private static Owner owner(FileStatus status) {
        return new Owner(status.permissions(), status.owner(), status.group());
    }

    private Instant time(Instant modified) {
        return latest.filter(limit -> modified.isAfter(limit)).orElse(modified);
    }

    /// The extended attributes that belong to an image.
    static Map<String, byte[]> attributes(Place place) throws IOException {
        var attributes = new TreeMap<String, byte[]>();
        for (var name : Xattrs.list(place.directory(), place.name())) {
            if (!Attributes.isIgnored(name)) {
                Xattrs.find(place.directory(), place.name(), name).ifPresent(value -> attributes.put(name, value));
            }
        }
        return attributes;
    }
}
