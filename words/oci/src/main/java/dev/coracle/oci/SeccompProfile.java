package dev.coracle.oci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Filters of system calls, as a runtime configuration wants them: the engine's own, which lets through what ordinary
/// programs need and what the container's capabilities are for, and profiles in Docker's JSON, whose conditions on
/// capabilities and processors are decided here.
public final class SeccompProfile {
    private static final String WHAT = "seccomp profile";
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    /// CLONE_NEW* of every namespace: a `clone` with one of these needs CAP_SYS_ADMIN.
    private static final long NEW_NAMESPACES = 0x7e02_0000L;

    /// Address families that are let through: all but AF_VSOCK.
    private static final int AF_VSOCK = 40;

    /// Values of personality(2) that programs use.
    private static final List<Long> PERSONALITIES = List.of(0x0L, 0x8L, 0x20000L, 0x20008L, 0xffff_ffffL);

    private static final List<String> ALWAYS = words("""
            accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown chown32
            clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
            clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3
            epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait
            epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64
            fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl
            fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64
            fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait
            futex_waitv futex_wake futimesat getcpu getcwd getdents getdents64 getegid getegid32 geteuid
            geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid
            getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit get_robust_list
            getrusage getsid getsockname getsockopt get_thread_area gettid gettimeofday getuid getuid32 getxattr
            getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel ioctl io_destroy
            io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set io_setup io_submit ipc kill
            landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link
            linkat listen listmount listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr lstat
            lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod
            mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive
            mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv
            msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat _newselect open openat
            openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll
            ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 pselect6_time64
            pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom recvmmsg
            recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat renameat2
            restart_syscall riscv_hwprobe rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
            rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo
            sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min
            sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
            sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop
            semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32
            setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid
            setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit set_robust_list
            setsid setsockopt set_thread_area set_tid_address setuid setuid32 setxattr setxattrat shmat shmctl
            shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall socketpair
            splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs
            sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64
            timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
            timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat uretprobe
            utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write writev
            process_vm_readv process_vm_writev ptrace
            """);

    private static final Map<String, List<String>> BY_CAPABILITY = Map.ofEntries(
            Map.entry("CAP_DAC_READ_SEARCH", List.of("open_by_handle_at")),
            Map.entry(
                    "CAP_SYS_ADMIN",
                    words("bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount"
                            + " mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname"
                            + " sethostname setns syslog umount umount2 unshare")),
            Map.entry("CAP_SYS_BOOT", List.of("reboot")),
            Map.entry("CAP_SYS_CHROOT", List.of("chroot")),
            Map.entry("CAP_SYS_MODULE", words("delete_module init_module finit_module")),
            Map.entry("CAP_SYS_PACCT", List.of("acct")),
            Map.entry("CAP_SYS_PTRACE", words("kcmp pidfd_getfd process_madvise")),
            Map.entry("CAP_SYS_RAWIO", words("iopl ioperm")),
            Map.entry("CAP_SYS_TIME", words("settimeofday stime clock_settime clock_settime64")),
            Map.entry("CAP_SYS_TTY_CONFIG", List.of("vhangup")),
            Map.entry("CAP_SYS_NICE", words("get_mempolicy mbind set_mempolicy set_mempolicy_home_node")),
            Map.entry("CAP_SYSLOG", List.of("syslog")),
            Map.entry("CAP_BPF", List.of("bpf")),
            Map.entry("CAP_PERFMON", List.of("perf_event_open")));

    /// Processors by Go's word: the native architecture and those it can also run.
    private static final Map<String, List<String>> ARCHITECTURES = Map.of(
            "amd64", List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
            "arm64", List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"));

    private static final Map<String, List<String>> BY_ARCHITECTURE = Map.of(
            "amd64", words("arch_prctl modify_ldt"),
            "arm64", words("arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls"));

    private SeccompProfile() {}

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    /// The engine's filter for a process that may have these capabilities.
    ///
    /// @param architecture Go's word for the processor
    public static ObjectNode standard(Set<String> capabilities, String architecture) {
        var profile = Json.object();
        profile.put("defaultAction", "SCMP_ACT_ERRNO");
        profile.put("defaultErrnoRet", EPERM);
        Json.putTexts(profile, "architectures", ARCHITECTURES.getOrDefault(architecture, List.of()));
        var calls = profile.putArray("syscalls");
        var allowed = new TreeSet<>(ALWAYS);
        allowed.addAll(BY_ARCHITECTURE.getOrDefault(architecture, List.of()));
        BY_CAPABILITY.forEach((capability, names) -> {
            if (capabilities.contains(capability)) {
                allowed.addAll(names);
            }
        });
        allow(calls, List.copyOf(allowed));
        var socket = argument(allow(calls, List.of("socket")), 0, "SCMP_CMP_NE");
        socket.put("value", AF_VSOCK);
        PERSONALITIES.forEach(value ->
                argument(allow(calls, List.of("personality")), 0, "SCMP_CMP_EQ").put("value", value));
        if (!allowed.contains("clone")) {
            argument(allow(calls, List.of("clone")), 0, "SCMP_CMP_MASKED_EQ")
                    .put("value", NEW_NAMESPACES)
                    .put("valueTwo", 0);
            // its flags are in memory, where no filter can look: programs fall back to clone
            var clone3 = calls.addObject();
            Json.putTexts(clone3, "names", List.of("clone3"));
            clone3.put("action", "SCMP_ACT_ERRNO").put("errnoRet", ENOSYS);
        }
        return profile;
    }

    private static ObjectNode allow(ArrayNode calls, List<String> names) {
        var call = calls.addObject();
        Json.putTexts(call, "names", names);
        return call.put("action", "SCMP_ACT_ALLOW");
    }

    private static ObjectNode argument(ObjectNode call, int index, String operator) {
        return call.putArray("args").addObject().put("index", index).put("op", operator);
    }

    /// A profile in Docker's JSON, decided for this process and machine.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it is malformed
    public static ObjectNode decided(byte[] json, Set<String> capabilities, String architecture) {
        var profile = Json.object(json, WHAT);
        var machines = profile.remove("archMap");
        if (machines != null && profile.path("architectures").isMissingNode()) {
            Json.putTexts(profile, "architectures", ARCHITECTURES.getOrDefault(architecture, List.of()));
        }
        if (profile.path("syscalls") instanceof ArrayNode calls) {
            var kept = profile.putArray("syscalls");
            for (var call : calls) {
                if (call instanceof ObjectNode rule && applies(rule, capabilities, architecture)) {
                    kept.add(plain(rule));
                }
            }
        }
        return profile;
    }

    private static boolean applies(ObjectNode rule, Set<String> capabilities, String architecture) {
        var includes = rule.path("includes");
        var excludes = rule.path("excludes");
        var neededCapabilities = Json.texts(includes, "caps", WHAT);
        var neededMachines = Json.texts(includes, "arches", WHAT);
        return capabilities.containsAll(neededCapabilities)
                && (neededMachines.isEmpty() || neededMachines.contains(architecture))
                && Json.texts(excludes, "caps", WHAT).stream().noneMatch(capabilities::contains)
                && !Json.texts(excludes, "arches", WHAT).contains(architecture);
    }

    /// Only what the runtime's specification knows.
    private static ObjectNode plain(ObjectNode rule) {
        var members = new LinkedHashMap<String, JsonNode>();
        for (var member : List.of("names", "action", "errnoRet", "args")) {
            if (rule.hasNonNull(member)) {
                members.put(member, rule.get(member));
            }
        }
        if (rule.hasNonNull("name")) {
            members.put("names", Json.object().putArray("names").add(rule.get("name")));
        }
        var kept = Json.object();
        members.forEach(kept::set);
        return kept;
    }
}
