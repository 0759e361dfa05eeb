package dev.coracle.runtime;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileSystem;
import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The control group file system as this daemon sees it: version 2 only.
final class Cgroups {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final Path PROC = Path.of("/proc");
    private static final Pattern USER_SLICE = Pattern.compile("^(/user\\.slice/user-(\\d+)\\.slice)/");

    private final Path mount;
    private final Path proc;

    Cgroups() {
        this(MOUNT, PROC);
    }

    Cgroups(Path mount, Path proc) {
        this.mount = mount;
        this.proc = proc;
    }

    /// Where controllers still belong to version 1 ("hybrid" hosts), crun and runc refuse to work. There the
    /// bare version 2 hierarchy is mounted over it, for the processes of our own mount namespace only: everything
    /// works then, except limits.
    void prepare() throws IOException, InterruptedException {
        if (isUnified() || !Files.isDirectory(mount) || isInitialUserNamespace()) {
            return;
        }
        try {
            Mounts.mountControlGroups(mount);
        } catch (ErrnoException failure) {
            System.getLogger(Cgroups.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "control groups are not version 2 and cannot be mounted over " + mount
                                    + ": containers will not start here",
                            failure);
        }
    }

    /// There the mount would be everybody's.
    private boolean isInitialUserNamespace() throws IOException {
        return Files.readString(proc.resolve("self/uid_map")).strip().matches("0 +0 +4294967295");
    }

    private boolean isUnified() {
        try {
            return FileSystem.of(mount).magic() == FileSystem.CGROUP2;
        } catch (ErrnoException missing) {
            return false;
        }
    }

    /// What can be limited in groups made below the one that is ours to divide: with systemd the user's manager's,
    /// otherwise the root we see.
    Set<String> controllers(CgroupUse use) {
        try {
            var delegated = use == CgroupUse.SYSTEMD ? userManager().orElse(mount) : mount;
            return controllersOf(delegated);
        } catch (IOException none) {
            return Set.of();
        }
    }

    static Set<String> controllersOf(Path group) throws IOException {
        return Set.of(
                Files.readString(group.resolve("cgroup.controllers")).strip().split(" +", -1));
    }

    /// A login session is beside the user's manager, a service of the user below it.
    private Optional<Path> userManager() throws IOException {
        var slice = USER_SLICE.matcher(path("self").orElse("/"));
        return slice.find()
                ? Optional.of(below(slice.group(1) + "/user@" + slice.group(2) + ".service"))
                : Optional.empty();
    }

    /// The group that was made for a container, found by its first process; empty when it stays in ours.
    Optional<Path> of(long pid) throws IOException {
        var path = path(Long.toString(pid));
        if (path.isEmpty() || path.equals(path("self"))) {
            return Optional.empty();
        }
        var directory = below(path.get());
        // below a scope of systemd's crun makes one more level, and the limits are on the scope
        var parent = directory.getParent();
        if (parent != null
                && directory.endsWith("container")
                && parent.getFileName().toString().endsWith(".scope")) {
            directory = parent;
        }
        return Files.isDirectory(directory) && !directory.equals(mount) ? Optional.of(directory) : Optional.empty();
    }

    private Path below(String path) {
        return mount.resolve(path.substring(1));
    }

    private Optional<String> path(String pid) throws IOException {
        try {
            return Files.readAllLines(proc.resolve(pid).resolve("cgroup")).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> line.substring(3))
                    .findFirst();
        } catch (NoSuchFileException ended) {
            return Optional.empty();
        }
    }

    /// Every process in a group and the groups below it.
    static List<Integer> pids(Path group) throws IOException {
        var pids = new ArrayList<Integer>();
        try (var directories = Files.walk(group)) {
            for (var directory : (Iterable<Path>) directories.filter(Files::isDirectory)::iterator) {
                for (var line : Files.readAllLines(directory.resolve("cgroup.procs"))) {
                    pids.add(Integer.valueOf(line));
                }
            }
        } catch (NoSuchFileException | UncheckedIOException gone) {
            // a group below went away while we looked: so did its processes
            return pids;
        }
        return pids;
    }

    /// Every process for which the test holds, without a control group to ask: by looking at all there are.
    List<Integer> pids(Predicate<Path> test) throws IOException {
        var pids = new ArrayList<Integer>();
        try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var entry : entries) {
                if (test.test(entry)) {
                    pids.add(Integer.valueOf(entry.getFileName().toString()));
                }
            }
        }
        return pids;
    }

    /// Those that live in the same PID namespace as a process.
    List<Integer> pidsInNamespaceOf(long pid) throws IOException {
        var wanted = namespace(proc.resolve(Long.toString(pid)));
        if (wanted.isEmpty()) {
            return List.of();
        }
        return pids(entry -> namespace(entry).equals(wanted));
    }

    /// Those that descend from some processes, and these themselves.
    List<Integer> descendants(Set<Integer> roots) throws IOException {
        var parents = new TreeMap<Integer, Integer>();
        pids(entry -> {
            parent(entry)
                    .ifPresent(parent ->
                            parents.put(Integer.valueOf(entry.getFileName().toString()), parent));
            return false;
        });
        return parents.keySet().stream()
                .filter(pid -> leadsTo(roots, parents, pid))
                .toList();
    }

    private static boolean leadsTo(Set<Integer> roots, Map<Integer, Integer> parents, Integer pid) {
        for (Integer at = pid; at != null && at > 0; at = parents.get(at)) {
            if (roots.contains(at)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Integer> parent(Path process) {
        try {
            var stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // the name in parentheses may itself hold blanks and parentheses
            return Optional.of(
                    Integer.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private static Optional<Path> namespace(Path process) {
        try {
            return Optional.of(Files.readSymbolicLink(process.resolve("ns/pid")));
        } catch (IOException endedOrNotOurs) {
            return Optional.empty();
        }
    }

    static boolean isFrozen(Path group) throws IOException {
        var file = group.resolve("cgroup.freeze");
        return Files.exists(file) && Files.readString(file).strip().equals("1");
    }

    /// Kills all processes of a group at once; false where the kernel (before 5.14) cannot.
    static boolean kill(Path group) throws IOException {
        var file = group.resolve("cgroup.kill");
        if (!Files.exists(file)) {
            return false;
        }
        Files.writeString(file, "1");
        return true;
    }

    /// The figures of a group: `memory.current` as it is, `memory.stat/anon` for the lines of a table.
    static Map<String, Long> figures(Path group) throws IOException {
        var figures = new TreeMap<String, Long>();
        try (var files = Files.newDirectoryStream(group, "{memory,cpu,pids,io,hugetlb,rdma}.*")) {
            for (var file : files) {
                if (Files.isReadable(file)) {
                    read(file, figures);
                }
            }
        }
        return figures;
    }

    private static void read(Path file, Map<String, Long> figures) {
        var name = file.getFileName().toString();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException notForReading) {
            return;
        }
        for (var line : lines) {
            var words = line.split(" ", -1);
            if (words.length == 1) {
                number(words[0]).ifPresent(value -> figures.put(name, value));
            } else if (words.length == 2 && words[1].indexOf('=') < 0) {
                number(words[1]).ifPresent(value -> figures.put(name + "/" + words[0], value));
            } else {
                // "8:0 rbytes=1 wbytes=2": a device or a span, then its figures
                for (var word : words) {
                    var equals = word.indexOf('=');
                    if (equals > 0) {
                        number(word.substring(equals + 1))
                                .ifPresent(value ->
                                        figures.put(name + "/" + words[0] + "/" + word.substring(0, equals), value));
                    }
                }
            }
        }
    }

    /// `max` is the largest number there is.
    private static Optional<Long> number(String word) {
        if (word.equals("max")) {
            return Optional.of(Long.MAX_VALUE);
        }
        try {
            return Optional.of(Long.valueOf(word));
        } catch (NumberFormatException other) {
            return Optional.empty();
        }
    }

    static FailedPrecondition none(String containerId, String wish) {
        return new FailedPrecondition(wish + " container " + containerId + ": it has no control group of its own");
    }
}
