package dev.coracle.layers;

import dev.coracle.layers.Resolver.Resolved;
import dev.coracle.linux.Device;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileData;
import dev.coracle.linux.FileName;
import dev.coracle.linux.OpenFlag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Writes the entries of a layer into a mounted tree: later entries win, whiteouts remove, and
/// nothing reaches beyond the root. Used by one thread, once.
final class LayerTree implements AutoCloseable {
    private static final Device WHITEOUT_DEVICE = new Device(0, 0);
    private static final Set<OpenFlag> NEW_FILE = Set.of(OpenFlag.WRITE_ONLY, OpenFlag.CREATE, OpenFlag.EXCLUSIVE);

    private final Directory root;
    private final LayerLimits limits;
    private final UnaryOperator<TarEntry> as;
    private final Resolver resolver;
    private final Unpacked unpacked = new Unpacked();
    private final Set<FileName> skippedDevices = new HashSet<>();
    private Optional<TarEntry> rootEntry = Optional.empty();
    private long entries;
    private long bytes;

    /// The directory the last entry went to; the next one usually goes there, too.
    private @Nullable Resolved parent;

    private List<FileName> parentPath = List.of();
    private boolean parentIsStale;

    LayerTree(Directory root, LayerLimits limits) {
        this(root, limits, UnaryOperator.identity());
    }

    /// @param as what becomes of each entry before it is unpacked
    LayerTree(Directory root, LayerLimits limits, UnaryOperator<TarEntry> as) {
        this.as = as;
        this.root = root;
        this.limits = limits;
        this.resolver = new Resolver(root);
    }

    /// Unpacks the whole archive.
    void unpack(TarReader archive) throws IOException {
        for (var entry = archive.next(); entry.isPresent(); entry = archive.next()) {
            limits.checkEntries(++entries);
            bytes += entry.get().size();
            limits.checkBytes(bytes);
            try {
                unpack(archive, as.apply(entry.get()));
            } catch (TarException e) {
                throw new TarException("layer entry \"" + entry.get().name() + "\": " + e.getMessage(), e);
            } catch (ErrnoException e) {
                throw failure(entry.get(), e);
            }
        }
        archive.drain();
        finishDirectories();
    }

    private static IOException failure(TarEntry entry, ErrnoException e) {
        var message = "layer entry \"" + entry.name() + "\": " + e.getMessage();
        return e.is(Errno.ENAMETOOLONG, Errno.EILSEQ) ? new TarException(message, e) : new IOException(message, e);
    }

    /// How many device nodes could not be made here.
    int devicesSkipped() {
        return skippedDevices.size();
    }

    private void unpack(TarReader archive, TarEntry entry) throws IOException {
        var path = EntryPath.of(entry.name());
        if (path.isRoot()) {
            if (!entry.isDirectory()) {
                throw new TarException("the root can only be a directory");
            }
            rootEntry = Optional.of(entry);
            return;
        }
        var whiteout = Whiteout.of(path.last());
        if (whiteout.isPresent()) {
            remove(path, whiteout.get());
            return;
        }
        var into = parent(path.parent());
        var name = path.last();
        var full = EntryPath.below(into.path(), name);
        switch (entry.type()) {
            case FILE -> file(archive, entry, into.directory(), name, full);
            case DIRECTORY -> directory(into.directory(), name, full);
            case SYMLINK -> {
                make(into.directory(), name, full, () -> {
                    into.directory().makeSymlink(name, target(entry));
                    return name;
                });
                Attributes.apply(into.directory(), name, entry);
            }
            case HARD_LINK -> hardLink(entry, into.directory(), name, full);
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> node(entry, into.directory(), name, full);
        }
        if (entry.isDirectory()) {
            unpacked.addDirectory(into.path(), full, entry);
        } else {
            unpacked.add(into.path(), full);
        }
    }

    private static FileName target(TarEntry link) {
        return link.link().orElseThrow();
    }

    private Resolved parent(List<FileName> segments) throws IOException {
        if (parent == null || parentIsStale || !segments.equals(parentPath)) {
            forgetParent();
            parentIsStale = false;
            parent = resolver.ensure(segments);
            parentPath = segments;
        }
        return parent;
    }

    private void forgetParent() {
        if (parent != null) {
            parent.close();
            parent = null;
        }
    }

    @FunctionalInterface
    private interface Making<T> {
        T run() throws ErrnoException;
    }

    /// Makes a new name; what had it before goes.
    private <T> T make(Directory directory, FileName name, FileName full, Making<T> making) throws ErrnoException {
        try {
            return making.run();
        } catch (ErrnoException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            removeOld(directory, name, full);
            return making.run();
        }
    }

    private void removeOld(Directory directory, FileName name, FileName full) throws ErrnoException {
        directory.removeTree(name);
        unpacked.remove(full);
        // a path through links may lead elsewhere now
        parentIsStale = true;
    }

    private void file(TarReader archive, TarEntry entry, Directory directory, FileName name, FileName full)
            throws IOException {
        try (var file = make(directory, name, full, () -> directory.open(name, NEW_FILE, 0600))) {
            if (entry.sparse().isPresent()) {
                FileData.truncate(file, entry.size());
                archive.data(file::writeAt);
            } else {
                archive.data((_, data, offset, length) -> file.write(data, offset, length));
            }
            Attributes.apply(file, entry);
        }
    }

    private void directory(Directory directory, FileName name, FileName full) throws ErrnoException {
        try {
            directory.makeDirectory(name, 0700);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            if (!directory.status(name).isDirectory()) {
                removeOld(directory, name, full);
                directory.makeDirectory(name, 0700);
            }
        }
    }

    private void hardLink(TarEntry entry, Directory directory, FileName name, FileName full) throws IOException {
        var path = EntryPath.of(target(entry));
        if (path.isRoot()) {
            throw new TarException("a hard link cannot point to the root");
        }
        try (var holder = resolver.directory(path.parent()).orElseThrow(() -> dangling(entry))) {
            var existing = path.last();
            if (skippedDevices.contains(EntryPath.below(holder.path(), existing))) {
                skippedDevices.add(full);
                return;
            }
            var target = holder.directory().find(existing).orElseThrow(() -> dangling(entry));
            var old = directory.find(name);
            if (old.isPresent()
                    && old.get().inode() == target.inode()
                    && old.get().device().equals(target.device())) {
                return;
            }
            if (old.isPresent()) {
                removeOld(directory, name, full);
            }
            directory.makeLink(name, holder.directory(), existing);
        } catch (ErrnoException e) {
            throw e.is(Errno.ENOENT) ? dangling(entry) : e;
        }
    }

    private static TarException dangling(TarEntry entry) {
        return new TarException("a hard link points to \"" + target(entry) + "\", which does not exist");
    }

    /// A user namespace may not make device nodes: they are left out, as containerd does; the
    /// container gets its devices from the runtime. The one device anybody may make, 0:0, would
    /// be a whiteout.
    private void node(TarEntry entry, Directory directory, FileName name, FileName full) throws IOException {
        var type = switch (entry.type()) {
            case CHARACTER_DEVICE -> 0x2000;
            case BLOCK_DEVICE -> 0x6000;
            default -> 0x1000;
        };
        try {
            if (entry.type() == EntryType.CHARACTER_DEVICE && entry.device().equals(WHITEOUT_DEVICE)) {
                throw new ErrnoException(Errno.EPERM, "mknodat", name.toString());
            }
            make(directory, name, full, () -> {
                directory.makeNode(name, type | 0600, entry.device());
                return name;
            });
        } catch (ErrnoException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            skippedDevices.add(full);
            return;
        }
        Attributes.apply(directory, name, entry);
    }

    private void remove(EntryPath path, Whiteout whiteout) throws IOException {
        if (whiteout instanceof Whiteout.Meta) {
            return;
        }
        forgetParent();
        var found = resolver.directory(path.parent());
        if (found.isEmpty()) {
            return;
        }
        try (var into = found.get()) {
            switch (whiteout) {
                case Whiteout.Opaque _ -> prune(into.directory(), into.path());
                case Whiteout.Of(var name) -> remove(into.directory(), name, EntryPath.below(into.path(), name));
                case Whiteout.Meta _ -> throw new IllegalStateException("returned above");
            }
        }
    }

    /// Removes what lies below this layer.
    private void remove(Directory directory, FileName name, FileName full) throws ErrnoException {
        if (!unpacked.contains(full)) {
            directory.removeTree(name);
        } else if (directory.find(name).filter(status -> status.isDirectory()).isPresent()) {
            try (var inner = directory.openDirectory(name)) {
                prune(inner, full);
            }
        }
    }

    private void prune(Directory directory, FileName path) throws ErrnoException {
        for (var name : directory.list()) {
            remove(directory, name, EntryPath.below(path, name));
        }
    }

    private void finishDirectories() throws IOException {
        forgetParent();
        for (var described : unpacked.directories()) {
            var directory = resolver.find(described.path());
            if (directory.isPresent()) {
                try (var open = directory.get()) {
                    Attributes.apply(open.fd(), described.entry());
                } catch (ErrnoException e) {
                    throw failure(described.entry(), e);
                }
            }
        }
        if (rootEntry.isPresent()) {
            Attributes.apply(root.fd(), rootEntry.get());
        }
    }

    @Override
    public void close() {
        forgetParent();
    }

    /// What a name beginning with `.wh.` asks for (image-spec, layer.md, "Whiteouts").
    private sealed interface Whiteout {
        /// Everything that lower layers have in the directory goes.
        record Opaque() implements Whiteout {}

        /// A name of lower layers goes.
        record Of(FileName name) implements Whiteout {}

        /// AUFS' book-keeping, of no meaning here.
        record Meta() implements Whiteout {}

        static Optional<Whiteout> of(FileName name) throws TarException {
            var text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
            if (!text.startsWith(".wh.")) {
                return Optional.empty();
            }
            if (text.equals(".wh..wh..opq")) {
                return Optional.of(new Opaque());
            }
            if (text.startsWith(".wh..wh.")) {
                return Optional.of(new Meta());
            }
            var hidden = text.substring(4);
            if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
                throw new TarException("the whiteout removes no name");
            }
            return Optional.of(new Of(FileName.of(hidden.getBytes(StandardCharsets.ISO_8859_1))));
        }
    }
}
