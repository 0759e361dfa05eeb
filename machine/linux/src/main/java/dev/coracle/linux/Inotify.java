package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Tells when names in watched directories change. Give [#fd] to a [Poller] and call [#read] when it is ready.
public final class Inotify implements AutoCloseable {
    /// What to tell.
    public enum Change {
        MODIFIED(0x2),
        WRITTEN(0x8),
        MOVED_FROM(0x40),
        MOVED_TO(0x80),
        CREATED(0x100),
        DELETED(0x200);

        private final int bit;

        Change(int bit) {
            this.bit = bit;
        }
    }

    /// One change. `name` is empty when it is about the watched path itself, and for an overflow (`watch` is then -1).
    public record Event(int watch, int bits, String name) {
        public boolean is(Change change) {
            return (bits & change.bit) != 0;
        }

        public boolean isOverflow() {
            return watch == -1;
        }
    }

    private final Fd fd;

    private Inotify(Fd fd) {
        this.fd = fd;
    }

    public static Inotify open() throws ErrnoException {
        return new Inotify(Fd.adopt(Native.call(Sys.INOTIFY_INIT1, "", OpenFlag.CLOSE_ON_EXEC | 0x800)));
    }

    public Fd fd() {
        return fd;
    }

    public int watch(Path path, Set<Change> changes) throws ErrnoException {
        var bits = 0;
        for (var change : changes) {
            bits |= change.bit;
        }
        try (var arena = Arena.ofConfined()) {
            return (int) Native.call(
                    Sys.INOTIFY_ADD_WATCH, path, fd.number(), Native.string(arena, FileName.of(path)), bits);
        }
    }

    /// The changes that are waiting; empty when there are none.
    public List<Event> read() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = Native.room(arena, 1 << 14);
            var length = Native.raw(Sys.READ, fd.number(), buffer.address(), buffer.byteSize());
            if (length == -Errno.EAGAIN.number()) {
                return List.of();
            }
            if (length < 0) {
                throw new ErrnoException((int) -length, "read", "inotify");
            }
            var events = new ArrayList<Event>();
            for (var at = 0L; at < length; at += 16 + NativeData.getInt(buffer, at + 12)) {
                var named = NativeData.getInt(buffer, at + 12) > 0;
                var name = named
                        ? new String(NativeData.terminated(buffer, at + 16), java.nio.charset.StandardCharsets.UTF_8)
                        : "";
                events.add(new Event(NativeData.getInt(buffer, at), NativeData.getInt(buffer, at + 4), name));
            }
            return List.copyOf(events);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
