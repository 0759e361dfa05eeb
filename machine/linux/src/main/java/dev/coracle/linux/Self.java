package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// This process, or where the kernel keeps it per thread, the calling thread.
public final class Self {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    private Self() {}

    public static long pid() {
        return Native.raw(Sys.GETPID);
    }

    public static long parentPid() {
        return Native.raw(Sys.GETPPID);
    }

    public static long threadId() {
        return Native.raw(Sys.GETTID);
    }

    public static long uid() {
        return Native.raw(Sys.GETUID);
    }

    public static long effectiveUid() {
        return Native.raw(Sys.GETEUID);
    }

    public static long gid() {
        return Native.raw(Sys.GETGID);
    }

    public static long effectiveGid() {
        return Native.raw(Sys.GETEGID);
    }

    /// The signal this process gets when the thread that started it ends.
    public static void dieWithParent(Signal signal) throws ErrnoException {
        Native.call(Sys.PRCTL, "PR_SET_PDEATHSIG", PR_SET_PDEATHSIG, signal.number());
    }

    /// Orphans among our descendants become our children.
    public static void becomeSubreaper() throws ErrnoException {
        Native.call(Sys.PRCTL, "PR_SET_CHILD_SUBREAPER", PR_SET_CHILD_SUBREAPER, 1);
    }

    /// Makes ended children wait to be collected, even if whoever started us ignores the end of its own: that is
    /// inherited,
    /// and then the kernel throws their statuses away.
    public static void keepEndedChildren() throws ErrnoException {
        restore(Signal.CHLD);
    }

    /// Gives a signal its default effect.
    static void restore(Signal signal) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            // all zero is the default action
            var action = arena.allocate(32, 8);
            Native.call(Sys.RT_SIGACTION, signal, signal.number(), action.address(), 0, 8);
        }
    }

    public static void setNoNewPrivileges() throws ErrnoException {
        Native.call(Sys.PRCTL, "PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    /// True when set-user-id programs gain nothing, so that newuidmap cannot work.
    public static boolean hasNoNewPrivileges() throws ErrnoException {
        return Native.call(Sys.PRCTL, "PR_GET_NO_NEW_PRIVS", PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    }

    public static void clearAmbientCapabilities() throws ErrnoException {
        Native.call(Sys.PRCTL, "PR_CAP_AMBIENT", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    }

    /// Whether the calling thread has a capability in effect, in its own user namespace.
    public static boolean has(Capability capability) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var data = capabilities(arena);
            var word = NativeData.getInt(data, 12L * (capability.number() / 32));
            return (word & (1 << (capability.number() % 32))) != 0;
        }
    }

    /// Keeps the capabilities of the calling thread from programs it executes, other than by being root.
    public static void clearInheritableCapabilities() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var data = capabilities(arena);
            NativeData.setInt(data, 8, 0);
            NativeData.setInt(data, 20, 0);
            Native.call(Sys.CAPSET, "", capabilityHeader(arena), data.address());
        }
    }

    private static java.lang.foreign.MemorySegment capabilities(Arena arena) throws ErrnoException {
        var data = arena.allocate(24, 8);
        Native.call(Sys.CAPGET, "", capabilityHeader(arena), data.address());
        return data;
    }

    private static long capabilityHeader(Arena arena) {
        var header = arena.allocate(8, 8);
        NativeData.setInt(header, 0, CAPABILITY_VERSION_3);
        return header.address();
    }

    /// Replaces the supplementary groups of the calling thread.
    public static void setGroups(List<Integer> groups) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var list = arena.allocate(Math.max(4, 4L * groups.size()), 8);
            for (var i = 0; i < groups.size(); i++) {
                NativeData.setInt(list, 4L * i, groups.get(i));
            }
            Native.call(Sys.SETGROUPS, groups, groups.size(), list.address());
        }
    }

    /// Makes all three user ids of the calling thread this one, and with [#setGroupId] the group ids.
    public static void setUserId(int uid) throws ErrnoException {
        Native.call(Sys.SETRESUID, uid, uid, uid, uid);
    }

    public static void setGroupId(int gid) throws ErrnoException {
        Native.call(Sys.SETRESGID, gid, gid, gid, gid);
    }

    public static void setHostName(String name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            Native.call(Sys.SETHOSTNAME, name, Native.bytes(arena, bytes).address(), bytes.length);
        }
    }

    /// Sets the bits that are taken away from the mode of new files; returns those set before. Belongs to the process.
    public static int setFileModeMask(int mask) {
        return (int) Native.raw(Sys.UMASK, mask);
    }

    public static void changeDirectory(Path directory) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(Sys.CHDIR, directory, Native.string(arena, FileName.of(directory)));
        }
    }

    /// Raises the number of files this process may open to the most it is allowed.
    public static void raiseOpenFileLimit() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocate(16, 8);
            Native.call(Sys.PRLIMIT64, "RLIMIT_NOFILE", 0, 7, 0, limit.address());
            NativeData.setLong(limit, 0, NativeData.getLong(limit, 8));
            Native.call(Sys.PRLIMIT64, "RLIMIT_NOFILE", 0, 7, limit.address(), 0);
        }
    }

    /// Marks every descriptor from this number on as closed on exec.
    public static void closeOnExecFrom(int lowest) throws ErrnoException {
        Native.call(Sys.CLOSE_RANGE, "from " + lowest, lowest, 0xffffffffL, CLOSE_RANGE_CLOEXEC);
    }

    /// Becomes another program: same process, one thread, the calling thread's namespaces and signal mask. Returns only
    /// by failing.
    public static ErrnoException execute(Path program, List<String> arguments, Map<String, String> environment) {
        try (var arena = Arena.ofConfined()) {
            var words = environment.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .toList();
            var result = Native.raw(
                    Sys.EXECVE,
                    Native.string(arena, FileName.of(program)),
                    Native.strings(arena, arguments),
                    Native.strings(arena, words));
            return new ErrnoException((int) -result, "execve", program.toString());
        }
    }

    /// Sends a signal to a process, or to a group when negative.
    public static void kill(long pid, Signal signal) throws ErrnoException {
        Native.call(Sys.KILL, pid + " " + signal, pid, signal.number());
    }
}
