package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Starts a process by the C library's posix_spawn. Blocks until the program has replaced the copy of us, or could not.
public final class PosixSpawn {
    private static final long ATTRIBUTES_SIZE = 336;
    private static final long ACTIONS_SIZE = 80;
    private static final int SET_SIGNAL_DEFAULTS = 0x04;
    private static final int SET_SIGNAL_MASK = 0x08;
    private static final int SET_SESSION = 0x80;

    private PosixSpawn() {}

    /// @return the new process, our child
    public static long spawn(SpawnRequest request) throws ErrnoException {
        var lowest = request.fds().isEmpty() ? 3 : Math.max(3, request.fds().lastKey() + 1);
        var copies = new ArrayList<Fd>();
        try (var arena = Arena.ofConfined()) {
            var actions = arena.allocate(ACTIONS_SIZE, 16);
            var attributes = arena.allocate(ATTRIBUTES_SIZE, 16);
            check("posix_spawn_file_actions_init", actions.address());
            check("posix_spawnattr_init", attributes.address());
            try {
                describeFiles(request, arena, actions, lowest, copies);
                describeAttributes(request, arena, attributes);
                return start(request, arena, actions, attributes);
            } finally {
                check("posix_spawnattr_destroy", attributes.address());
                check("posix_spawn_file_actions_destroy", actions.address());
            }
        } finally {
            copies.forEach(Fd::close);
        }
    }

    private static long start(SpawnRequest request, Arena arena, MemorySegment actions, MemorySegment attributes)
            throws ErrnoException {
        var pid = arena.allocate(8, 8);
        var environment = request.environment().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        var failure = Native.library(
                Native.function("posix_spawn"),
                pid.address(),
                Native.string(arena, FileName.of(request.program())),
                actions.address(),
                attributes.address(),
                Native.strings(arena, request.arguments()),
                Native.strings(arena, environment));
        if (failure != 0) {
            throw new ErrnoException(failure, "exec", request.program().toString());
        }
        return NativeData.getInt(pid, 0);
    }

    /// The sources are first copied above all numbers of the child, so that no dup2 overwrites a source still needed.
    private static void describeFiles(
            SpawnRequest request, Arena arena, MemorySegment actions, int lowest, List<Fd> copies)
            throws ErrnoException {
        for (var number = 0; number < lowest; number++) {
            var source = request.fds().get(number);
            if (source == null) {
                check("posix_spawn_file_actions_addclose", actions.address(), number);
                continue;
            }
            var copy = source.duplicateFrom(lowest);
            copies.add(copy);
            check("posix_spawn_file_actions_adddup2", actions.address(), copy.number(), number);
        }
        check("posix_spawn_file_actions_addclosefrom_np", actions.address(), lowest);
        var directory = Native.string(arena, FileName.of(request.directory()));
        check("posix_spawn_file_actions_addchdir_np", actions.address(), directory);
    }

    private static void describeAttributes(SpawnRequest request, Arena arena, MemorySegment attributes)
            throws ErrnoException {
        var none = arena.allocate(128, 8);
        var all = arena.allocate(128, 8).fill((byte) 0xff);
        check("posix_spawnattr_setsigmask", attributes.address(), none.address());
        check("posix_spawnattr_setsigdefault", attributes.address(), all.address());
        var flags = SET_SIGNAL_DEFAULTS | SET_SIGNAL_MASK | (request.newSession() ? SET_SESSION : 0);
        check("posix_spawnattr_setflags", attributes.address(), flags);
    }

    private static void check(String function, long... arguments) throws ErrnoException {
        var failure = Native.library(Native.function(function), arguments);
        if (failure != 0) {
            throw new ErrnoException(failure, function, "");
        }
    }
}
