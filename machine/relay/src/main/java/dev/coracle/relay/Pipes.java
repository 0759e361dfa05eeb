package dev.coracle.relay;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Pipe;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The pipes through which the kernel moves what streams in bulk. A stream that rests gives its pipe back.
final class Pipes implements AutoCloseable {
    private static final int WANTED_BYTES = 1 << 19;
    private static final int MOST_SPARE = 16;
    private static final Duration REST = Duration.ofSeconds(1);

    /// One pipe and how much goes in.
    record Room(Pipe pipe, int bytes) {}

    private final Loop loop;
    private final ArrayDeque<Room> spare = new ArrayDeque<>();
    private final Set<Stream> users = new HashSet<>();
    private boolean watching;

    Pipes(Loop loop) {
        this.loop = loop;
    }

    Room take(Stream user) throws ErrnoException {
        var room = spare.isEmpty() ? open() : spare.pop();
        users.add(user);
        if (!watching) {
            watching = true;
            loop.after(REST, this::look);
        }
        return room;
    }

    private static Room open() throws ErrnoException {
        var pipe = Pipe.open();
        try {
            return new Room(pipe, pipe.unblock(WANTED_BYTES));
        } catch (ErrnoException failure) {
            pipe.close();
            throw failure;
        }
    }

    /// Takes back a pipe; only an empty one can serve another stream.
    void giveBack(Stream user, Room room, boolean isEmpty) {
        users.remove(user);
        if (isEmpty && spare.size() < MOST_SPARE) {
            spare.push(room);
        } else {
            room.pipe.close();
        }
    }

    private void look() {
        List.copyOf(users).forEach(Stream::restIfIdle);
        watching = !users.isEmpty();
        if (watching) {
            loop.after(REST, this::look);
        } else {
            while (spare.size() > 1) {
                spare.pop().pipe.close();
            }
        }
    }

    @Override
    public void close() {
        spare.forEach(room -> room.pipe.close());
        spare.clear();
    }
}
