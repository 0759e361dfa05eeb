package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// Waits for a single descriptor, on the calling (platform) thread.
public final class Polling {
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

    private Polling() {}

    /// False when the time is over. The end of a stream and an error count as readable: the read tells.
    public static boolean awaitReadable(Fd fd, Duration atMost) throws ErrnoException {
        return await(fd, POLLIN, atMost);
    }

    public static boolean awaitWritable(Fd fd, Duration atMost) throws ErrnoException {
        return await(fd, POLLOUT, atMost);
    }

    /// Waits without end until one of these can be read; tells which can.
    public static List<Fd> awaitReadable(List<Fd> fds) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var polls = arena.allocate(8L * fds.size(), 8);
            for (var i = 0; i < fds.size(); i++) {
                NativeData.setInt(polls, 8L * i, fds.get(i).number());
                NativeData.setShort(polls, 8L * i + 4, POLLIN);
            }
            Native.call(Sys.PPOLL, fds, polls.address(), fds.size(), 0, 0, 0);
            return IntStream.range(0, fds.size())
                    .filter(i -> NativeData.getShort(polls, 8L * i + 6) != 0)
                    .mapToObj(fds::get)
                    .toList();
        }
    }

    private static boolean await(Fd fd, short events, Duration atMost) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var poll = arena.allocate(8, 8);
            NativeData.setInt(poll, 0, fd.number());
            NativeData.setShort(poll, 4, events);
            var time = arena.allocate(16, 8);
            var deadline = System.nanoTime() + atMost.toNanos();
            while (true) {
                var left = Math.max(0, deadline - System.nanoTime());
                NativeData.setLong(time, 0, left / 1_000_000_000);
                NativeData.setLong(time, 8, left % 1_000_000_000);
                var result = Native.raw(Sys.PPOLL, poll.address(), 1, time.address(), 0, 0);
                if (result >= 0) {
                    return result > 0;
                }
                if (result != -Errno.EINTR.number()) {
                    throw new ErrnoException((int) -result, "ppoll", fd.toString());
                }
            }
        }
    }
}
