package dev.coracle.linux;

import java.util.Locale;

/// The numbers of the system calls this room makes, for both machines it runs on.
enum Sys {
    READ(0, 63),
    WRITE(1, 64),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    CLOSE(3, 57),
    LSEEK(8, 62),
    IOCTL(16, 29),
    FCNTL(72, 25),
    FLOCK(73, 32),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    SYNCFS(306, 267),
    FTRUNCATE(77, 46),
    FALLOCATE(285, 47),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWN(93, 55),
    FCHOWNAT(260, 54),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FACCESSAT(269, 48),
    UNLINKAT(263, 35),
    SYMLINKAT(266, 36),
    LINKAT(265, 37),
    READLINKAT(267, 78),
    RENAMEAT2(316, 276),
    STATX(332, 291),
    UTIMENSAT(280, 88),
    GETDENTS64(217, 61),
    PIPE2(293, 59),
    COPY_FILE_RANGE(326, 285),
    SENDFILE(40, 71),
    SPLICE(275, 76),
    STATFS(137, 43),
    FSTATFS(138, 44),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    MOUNT_SETATTR(442, 442),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    PIVOT_ROOT(155, 41),
    UNSHARE(272, 97),
    SETNS(308, 268),
    PRCTL(157, 167),
    CAPSET(126, 91),
    CAPGET(125, 90),
    GETUID(102, 174),
    GETEUID(107, 175),
    GETGID(104, 176),
    GETEGID(108, 177),
    GETGROUPS(115, 158),
    SETGROUPS(116, 159),
    SETRESUID(117, 147),
    SETRESGID(119, 149),
    GETPID(39, 172),
    GETPPID(110, 173),
    GETTID(186, 178),
    SETSID(112, 157),
    KILL(62, 129),
    PIDFD_OPEN(434, 434),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_GETFD(438, 438),
    WAITID(247, 95),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    INOTIFY_INIT1(294, 26),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_RM_WATCH(255, 28),
    SIGNALFD4(289, 74),
    TIMERFD_CREATE(283, 85),
    TIMERFD_SETTIME(286, 86),
    RT_SIGPROCMASK(14, 135),
    PPOLL(271, 73),
    SOCKET(41, 198),
    SOCKETPAIR(53, 199),
    BIND(49, 200),
    LISTEN(50, 201),
    ACCEPT4(288, 242),
    CONNECT(42, 203),
    GETSOCKNAME(51, 204),
    GETPEERNAME(52, 205),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    SHUTDOWN(48, 210),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    EXECVE(59, 221),
    CHDIR(80, 49),
    FCHDIR(81, 50),
    UMASK(95, 166),
    CLOSE_RANGE(436, 436),
    SETXATTR(188, 5),
    LSETXATTR(189, 6),
    FSETXATTR(190, 7),
    GETXATTR(191, 8),
    LGETXATTR(192, 9),
    FGETXATTR(193, 10),
    LISTXATTR(194, 11),
    LLISTXATTR(195, 12),
    FLISTXATTR(196, 13),
    REMOVEXATTR(197, 14),
    LREMOVEXATTR(198, 15),
    FREMOVEXATTR(199, 16),
    SETHOSTNAME(170, 161),
    PRLIMIT64(302, 261),
    MEMFD_CREATE(319, 279),
    FCHMODAT2(452, 452);

    private static final boolean ARM = Machine.IS_ARM;

    private final int x86;
    private final int arm;

    Sys(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    int number() {
        return ARM ? arm : x86;
    }

    /// The name as manual pages write it.
    String call() {
        return name().toLowerCase(Locale.ROOT);
    }
}
