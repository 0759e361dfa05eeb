package dev.coracle.integration.wire;

import dev.coracle.integration.Host;
import dev.coracle.integration.Inside;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Runs the classes named `...OverTheWire` in namespaces of their own, against our daemon or against the program that
/// the system property `coracle.wire.program` names.
class WireTest {
    /// The account's control group, if it has one, becomes the root of what a daemon sees.
    private static final String ENTER = """
            if [ -n "$0" ]; then echo 0 >"$0/cgroup.procs"; fi
            exec unshare --cgroup "$@"
            """;

    /// Both a daemon's own run directory and what a shim of containerd wants to find.
    private static final String PREPARE = """
            umount -l /sys/fs/cgroup 2>/dev/null || true
            mount -t cgroup2 none /sys/fs/cgroup
            test -z "$1" || test -w /sys/fs/cgroup
            shift
            mount -t tmpfs none /run
            mkdir -m 700 /run/own /run/bin
            ln -s /usr/bin/crun /run/bin/runc # on hybrid cgroups runc cannot start anything
            export XDG_RUNTIME_DIR=/run/own PATH="${0%/*}:/run/bin:$PATH"
            exec "$@"
            """;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> every_method_answers_as_containerd_does() throws Exception {
        var program = Optional.ofNullable(System.getProperty(WireDaemon.PROGRAM))
                .orElseGet(() -> Host.tree().resolve("bin/containerd").toString());
        var group = System.getProperty("coracle.group", "");
        var state = Files.createDirectory(folder.resolve("d"));
        return Inside.run(
                List.of(
                        "--user",
                        "--map-auto",
                        "--map-root-user",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "/bin/sh",
                        "-euc",
                        ENTER,
                        group,
                        "/bin/sh",
                        "-euc",
                        PREPARE,
                        program,
                        group),
                List.of(
                        "-Duser.home=" + System.getProperty("user.home"),
                        "-Djava.io.tmpdir=" + Files.createDirectory(state.resolve("tmp")),
                        "-Dcoracle.tree=" + Host.tree(),
                        "-D" + WireDaemon.PROGRAM + "=" + program,
                        "-D" + WireDaemon.FOLDER + "=" + state),
                List.of(
                        "--select-package=" + WireTest.class.getPackageName(),
                        "--include-classname=" + System.getProperty("coracle.wire.pattern", ".*OverTheWire")));
    }
}
