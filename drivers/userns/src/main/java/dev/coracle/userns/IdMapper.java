package dev.coracle.userns;

import dev.coracle.linux.Self;
import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes the id maps of a new user namespace: by newuidmap and newgidmap, which check /etc/subuid for us, or directly
/// when only the account itself is mapped.
public final class IdMapper {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Spawner spawner;
    private final Optional<Path> newuidmap;
    private final Optional<Path> newgidmap;

    public IdMapper(Spawner spawner, Optional<Path> newuidmap, Optional<Path> newgidmap) {
        this.spawner = spawner;
        this.newuidmap = newuidmap;
        this.newgidmap = newgidmap;
    }

    /// @param pid a process in the new namespace
    public void map(long pid, IdMap users, IdMap groups) throws IOException, InterruptedException {
        if (users.isSingle() && groups.isSingle()) {
            mapOnlySelf(pid, users.own(), groups.own());
            return;
        }
        var uid = program(newuidmap, "newuidmap");
        var gid = program(newgidmap, "newgidmap");
        try (var one = start(uid, pid, users);
                var other = start(gid, pid, groups)) {
            check(one, uid);
            check(other, gid);
        }
    }

    private Running start(Path program, long pid, IdMap map) throws IOException, InterruptedException {
        return spawner.start(Command.of(program, arguments(pid, map)));
    }

    static List<String> arguments(long pid, IdMap map) {
        var arguments = new ArrayList<>(List.of(Long.toString(pid)));
        arguments.addAll(map.words());
        return List.copyOf(arguments);
    }

    /// The kernel lets us write this map ourselves, once the namespace can no longer change its groups: otherwise one
    /// could
    /// drop a group that denies access.
    private static void mapOnlySelf(long pid, long uid, long gid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        write(process.resolve("setgroups"), "deny");
        write(process.resolve("uid_map"), "0 " + uid + " 1\n");
        write(process.resolve("gid_map"), "0 " + gid + " 1\n");
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    private static Path program(Optional<Path> found, String name) throws UsernsException {
        return found.orElseThrow(() -> new UsernsException(
                "map sub-ids: the program " + name + " is not installed", "install the package uidmap"));
    }

    private static void check(Running running, Path program) throws IOException, InterruptedException {
        if (running.waitFor(LIMIT).isEmpty()) {
            throw new UsernsException("map sub-ids: " + program + " does not end");
        }
        var ended = running.collect();
        if (!ended.isSuccess()) {
            throw new UsernsException(
                    "map sub-ids: " + program.getFileName() + " "
                            + String.join(" ", ended.command().arguments()) + ": " + said(ended),
                    remedy(program, ended));
        }
    }

    private static String said(Ended ended) {
        var said = ended.errorTail().strip().replace('\n', ' ');
        return said.isEmpty() ? ended.status().sentence() : said;
    }

    /// What usually stands in the way, most certain first.
    private static String remedy(Path program, Ended ended) throws IOException {
        if (Self.hasNoNewPrivileges()) {
            return "this session runs with no_new_privs, under which " + program
                    + " has no rights: start it from a login session";
        }
        if (isOnNoSuidMount(program)) {
            return program + " lies on a file system mounted nosuid: install it elsewhere";
        }
        if (!isPrivileged(program)) {
            return program + " is neither set-user-id root nor has file capabilities: as root, run: chmod u+s "
                    + program;
        }
        if (ended.errorTail().contains("not allowed")) {
            return "the ranges in /etc/subuid and /etc/subgid do not cover what was asked for: compare them with"
                    + " getsubids, or use --subid-source=static";
        }
        return "inside a container, the container needs the capabilities SETUID and SETGID and a map of its own with"
                + " enough ids";
    }

    private static boolean isOnNoSuidMount(Path program) throws IOException {
        var store = Files.getFileStore(program);
        return dev.coracle.linux.Mounts.list().stream()
                .filter(mount -> program.startsWith(mount.target()))
                .reduce((first, second) -> second)
                .filter(mount -> !store.name().isEmpty())
                .map(mount -> mount.options().contains("nosuid"))
                .orElse(false);
    }

    private static boolean isPrivileged(Path program) throws IOException {
        var mode = (int) Files.getAttribute(program, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & 04000) != 0) {
            return true;
        }
        try (var file = dev.coracle.linux.Fd.openForReading(program)) {
            return dev.coracle.linux.Xattrs.find(file, "security.capability").isPresent();
        }
    }
}
