package dev.coracle.integration.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.integration.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The guide on a Debian 13 with systemd, typed by somebody who has logged in: one console for the daemon, one to work.
@TestMethodOrder(OrderAnnotation.class)
class SystemdMachineTest {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration LATER = Duration.ofMinutes(8);

    /// Tests with this order or a higher one come behind the hard way, in their order.
    private static final int EASY_WAY = Integer.MAX_VALUE - 100;
    private static final String RUN = "/run/user/" + MachineImage.UID;
    private static final String MANAGER =
            "/sys/fs/cgroup/user.slice/user-%1$d.slice/user@%1$d.service".formatted(MachineImage.UID);
    private static final String SCOPE = MANAGER + "/user.slice/foo-bar.scope";
    private static final String INSIDE = "root@vm:\\S+# ";
    private static final String OUTSIDE = "penguin@vm:\\S+\\$ ";
    private static final String IMAGE = "docker.io/library/ubuntu:latest";

    private static final String INSIDE_BY_TOOL = "containerd-rootless-setuptool.sh nsenter -- ";
    private static final String HOSTS = "--hosts-dir /etc/containerd/certs.d ";
    private static final String UNTIL_NGINX_ANSWERS =
            "until busybox wget -qO- http://127.0.0.1:8080 | grep 'Welcome to nginx'; do sleep 0.2; done";

    /// The supervisor removes the address of a daemon that died.
    private static final String UNTIL_ANOTHER_DAEMON_SERVES =
            "while kill -0 $old 2>/dev/null || [ \"$(pgrep -f dev.coracle.daemon.Main)\" = \"$old\" ]" + " || ! [ -e "
                    + RUN + "/containerd/address ]; do sleep 0.5; done";

    private static VirtualMachine machine;
    private static Console daemon;
    private static Console user;

    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // the first time the machine is made, too
    static void the_guide_up_to_the_pulled_image(@TempDir Path work) throws Exception {
        var shared = SharedFolder.fill(Files.createDirectory(work.resolve("shared")));
        machine = new VirtualMachine(MachineImage.in(Host.cache()), shared, work);
        daemon = machine.console(0);
        user = machine.console(1);
        user.run("cp /mnt/coracle/config.toml .", SOON).expect(0);

        daemon.type("rootlesskit --net=slirp4netns --copy-up=/etc --copy-up=/run"
                + " --state-dir=" + RUN + "/rootlesskit-containerd"
                + " sh -c \"rm -f /run/containerd; exec containerd -c config.toml\"");
        user.run("until [ -S " + RUN + "/containerd/containerd.sock ]; do sleep 0.2; done", LATER)
                .expect(0);
        user.type("nsenter -U --preserve-credentials -m -n -t $(cat " + RUN + "/rootlesskit-containerd/child_pid)");
        user.waitFor(INSIDE, SOON);
        user.run("export CONTAINERD_ADDRESS=" + RUN + "/containerd/containerd.sock CONTAINERD_SNAPSHOTTER=native", SOON)
                .expect(0);
        user.run("ctr images pull " + IMAGE, LATER).expect(0);
        user.run("mkdir -p ~/rootfs/bin ~/rootfs/dev ~/rootfs/proc && cp /usr/bin/busybox ~/rootfs/bin", SOON)
                .expect(0);
    }

    @AfterAll
    static void switch_off() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void somebody_who_logs_in_has_a_service_manager_with_limits_to_give() throws Exception {
        assertThat(user.run("cat " + MANAGER + "/cgroup.controllers", SOON)
                        .expect(0)
                        .output())
                .contains("memory", "pids");
        user.run("systemctl --user is-system-running", SOON).expect(0);
    }

    @Test
    void a_shell_on_a_terminal_as_the_guide_runs_it() throws Exception {
        user.type("ctr run -t --rm --fifo-dir /tmp/foo-fifo --cgroup \"\" " + IMAGE + " foo");
        user.waitFor("(?m)^/ # |" + INSIDE, LATER);
        user.type("tty; echo sum $((6 * 7))");
        user.waitFor("/dev/pts/0\\s+sum 42\\s", SOON);
        user.type("exit 7");
        user.waitFor(INSIDE, SOON);
        assertThat(user.run("echo left with $?", SOON).output()).contains("left with 7");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void limits_of_a_configuration_are_those_of_the_scope(String runtime) throws Exception {
        var read = whileAsleep(
                "ctr run --rm --config /mnt/coracle/limits.json --cgroup user.slice:foo:bar --runc-systemd-cgroup"
                        + " --runc-binary " + runtime + " limited",
                "cat " + SCOPE + "/memory.max " + SCOPE + "/pids.max; cat $(find " + SCOPE + " -name cgroup.procs)");
        assertThat(read).containsPattern("67108864\\s+33\\s+\\d+\\s");
        nothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"ctr, crun", "/usr/bin/ctr, runc"})
    void a_memory_limit_by_flag_is_that_of_the_scope(String ctr, String runtime) throws Exception {
        var read = whileAsleep(
                ctr + " run --rm --memory-limit 50331648 --cgroup \"user.slice:foo:bar\" --runc-systemd-cgroup"
                        + " --runc-binary " + runtime + " " + IMAGE + " limited sleep 1000",
                "cat " + SCOPE + "/memory.max");
        assertThat(read).contains("50331648");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctr", "/usr/bin/ctr"})
    void a_task_is_paused_measured_and_resumed(String ctr) throws Exception {
        var read = whileAsleep(
                "ctr run --rm --cgroup user.slice:foo:bar --runc-systemd-cgroup " + IMAGE + " still sleep 1000",
                String.join(
                        "; ",
                        "freeze=$(find " + SCOPE + " -name cgroup.events)",
                        ctr + " tasks pause still",
                        "grep -h frozen $freeze",
                        ctr + " tasks list | grep still",
                        ctr + " tasks metrics still | grep -c memory",
                        ctr + " tasks resume still",
                        "grep -h frozen $freeze",
                        ctr + " tasks list | grep still"));
        assertThat(read).containsPattern("frozen 1(?s:.*)PAUSED(?s:.*)frozen 0(?s:.*)RUNNING");
        nothingIsLeft();
    }

    @Test
    void who_takes_more_memory_than_allowed_is_killed() throws Exception {
        user.run(
                        "ctr run --rm --memory-limit 16777216 --cgroup \"user.slice:foo:bar\" --runc-systemd-cgroup "
                                + IMAGE + " greedy tail /dev/zero",
                        LATER)
                .expect(137);
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crun", "runc"})
    void without_a_cgroup_a_limit_is_refused_and_not_forgotten(String runtime) throws Exception {
        var plain = "ctr run --rm --cgroup \"\" --runc-binary " + runtime + " ";
        user.run(plain + IMAGE + " plain true", LATER).expect(0);
        var refused = user.run(plain + "--memory-limit 50331648 " + IMAGE + " limited true", LATER);
        assertThat(refused.status()).as(refused.toString()).isNotZero();
        assertThat(refused.output()).contains("memory");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlayfs", "fuse-overlayfs"})
    void another_snapshotter(String snapshotter) throws Exception {
        user.run("ctr images pull --snapshotter " + snapshotter + " " + IMAGE, LATER)
                .expect(0);
        var run = user.run(
                "ctr run --rm --snapshotter " + snapshotter + " --cgroup \"\" " + IMAGE
                        + " over sh -c \"echo new > /bin/new; ls /bin/new; grep ' / ' /proc/mounts\"",
                LATER);
        assertThat(run.expect(0).output()).contains("/bin/new", snapshotter.startsWith("fuse") ? "fuse" : "overlay");
        nothingIsLeft();
    }

    @Test
    @Order(EASY_WAY)
    void interrupted_it_ends_and_leaves_no_state() throws Exception {
        assertThat(user.run("ctr containers list -q; ctr tasks list -q", LATER).output())
                .isEmpty();
        user.type("exit");
        user.waitFor(OUTSIDE, SOON);
        daemon.type("\u0003");
        daemon.waitFor(OUTSIDE, SOON);
        user.run("ls " + RUN + "/rootlesskit-containerd/child_pid", SOON).expect(2);
        assertThat(user.run("pgrep -a 'java|conmon|slirp4netns'", SOON).output())
                .isEmpty();
    }

    @Test
    @Order(EASY_WAY + 1)
    void one_line_installs_it() throws Exception {
        user.run(
                        "mkdir -p .config/containerd/certs.d/docker.io; cp /mnt/coracle/hosts.toml .config/containerd/certs.d/docker.io",
                        SOON)
                .expect(0);
        var installed =
                user.run("containerd-rootless-setuptool.sh install", LATER).expect(0);
        assertThat(installed.output())
                .contains(
                        "[INFO] Requirements are satisfied",
                        "[INFO] Creating \"/home/penguin/.config/systemd/user/containerd.service\"",
                        "[INFO] Enabled linger",
                        "[INFO] Installed \"containerd.service\" successfully.");
        assertThat(user.run("systemctl --user is-active containerd.service", SOON)
                        .expect(0)
                        .output())
                .contains("active");
        assertThat(user.run("/mnt/coracle/tree/libexec/engine status", SOON)
                        .expect(0)
                        .output())
                .contains("the engine runs", "containerd.service");
    }

    @Test
    @Order(EASY_WAY + 2)
    void doing_it_again_changes_nothing() throws Exception {
        var pid = user.run("systemctl --user show -p MainPID containerd.service", SOON)
                .output();
        assertThat(user.run("containerd-rootless-setuptool.sh install", LATER)
                        .expect(0)
                        .output())
                .contains("containerd.service\" is up to date");
        assertThat(user.run("systemctl --user show -p MainPID containerd.service", SOON)
                        .output())
                .isEqualTo(pid);
    }

    @Test
    @Order(EASY_WAY + 3)
    void a_killed_daemon_is_no_restart_of_the_unit() throws Exception {
        user.run("old=$(pgrep -f dev.coracle.daemon.Main); kill -9 $old; " + UNTIL_ANOTHER_DAEMON_SERVES, LATER)
                .expect(0);
        assertThat(user.run("systemctl --user show -p NRestarts -p ActiveState containerd.service", SOON)
                        .output())
                .contains("NRestarts=0", "ActiveState=active");
    }

    @Test
    @Order(EASY_WAY + 4)
    void a_cgroup_of_choice_below_the_units_daemon() throws Exception {
        user.run(INSIDE_BY_TOOL + "ctr images pull " + HOSTS + IMAGE, LATER).expect(0);
        var read = whileAsleep(
                INSIDE_BY_TOOL
                        + "ctr run --rm --memory-limit 50331648 --cgroup user.slice:foo:bar --runc-systemd-cgroup "
                        + IMAGE + " limited sleep 1000",
                "cat " + SCOPE + "/memory.max");
        assertThat(read).contains("50331648");
        nothingIsLeft();
    }

    @Test
    @Order(EASY_WAY + 5)
    void another_line_runs_nginx() throws Exception {
        user.run("nerdctl run -d --restart=always --name nginx -p 8080:80 nginx:alpine", LATER)
                .expect(0);
        user.run(UNTIL_NGINX_ANSWERS, LATER).expect(0);
    }

    @Test
    @Order(EASY_WAY + 6)
    void limits_of_flags_are_those_of_the_cgroup() throws Exception {
        user.run("nerdctl run -d --name limited -m 64m --cpus 0.5 --pids-limit 50 nginx:alpine sleep 1000", LATER)
                .expect(0);
        var read = user.run(
                        "cd /sys/fs/cgroup/$(cut -d: -f3 /proc/$(nerdctl inspect -f '{{.State.Pid}}' limited)/cgroup);"
                                + " cat memory.max cpu.max pids.max; cd",
                        LATER)
                .expect(0);
        assertThat(read.output()).containsPattern("67108864\\s+50000 100000\\s+50\\s");
        user.run("nerdctl rm -f limited", LATER).expect(0);
    }

    /// Afterwards root is logged in, so that nobody is whose containers could be started by that.
    @Test
    @Order(EASY_WAY + 50)
    void after_a_reboot_the_engine_is_there_before_anybody_logs_in() throws Exception {
        user.run("echo root > " + MachineImage.LOGIN_FILE, SOON).expect(0);
        user.type("su - -c reboot");
        machine.awaitLogin("root");
        user.run("until [ -e " + RUN + "/containerd/address ]; do sleep 0.5; done", LATER)
                .expect(0);
        // the service manager that lingers is no login
        var sessions = user.run("loginctl show-user penguin -p Linger; loginctl list-sessions --no-legend", SOON);
        assertThat(sessions.expect(0).output()).contains("Linger=yes");
        assertThat(sessions.output().lines().filter(line -> line.contains(" penguin ")))
                .allMatch(line -> line.contains(" manager "));
    }

    @Test
    @Order(EASY_WAY + 51)
    void after_a_reboot_nginx_answers_before_anybody_logs_in() throws Exception {
        user.run(UNTIL_NGINX_ANSWERS, LATER).expect(0);
    }

    /// By su, which makes no session.
    @Test
    @Order(EASY_WAY + 60)
    void uninstalled_and_purged_nothing_is_left_but_the_configuration() throws Exception {
        var said = user.run("su - penguin -c 'containerd-rootless-setuptool.sh uninstall --purge --force'", LATER);
        assertThat(said.expect(0).output())
                .contains(
                        "[INFO] Uninstalled \"containerd.service\"",
                        "[INFO] Removed /home/penguin/.local/share/containerd");
        assertThat(user.run("pgrep -a 'java|conmon|slirp4netns|pasta'; ls /home/penguin/.config/systemd/user", SOON)
                        .output())
                .doesNotContain("java", "conmon", "slirp4netns", "pasta", "containerd.service");
    }

    /// Runs a container that sleeps and a command as soon as it does, then kills it.
    private static String whileAsleep(String ctr, String command) throws InterruptedException {
        return user.run(
                        ctr
                                + " < /dev/null & until pgrep -f '^(/bin/busybox )?sleep 1000' || ! kill -0 $!; do sleep 0.2; done; "
                                + command + "; pkill -9 -f '^(/bin/busybox )?sleep 1000'; wait $!",
                        LATER)
                .expect(137)
                .output();
    }

    private static void nothingIsLeft() throws InterruptedException {
        assertThat(user.run("ls -d " + SCOPE + "; pgrep -a 'conmon|crun|runc'", SOON)
                        .output())
                .matches("ls: [^\n]*No such file or directory\\s+");
    }
}
