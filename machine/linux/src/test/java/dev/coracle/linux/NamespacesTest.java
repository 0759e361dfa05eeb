package dev.coracle.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs capabilities runs in a second JVM, inside a user namespace that unshare(1) makes.
class NamespacesTest {
    @Test
    void a_virtual_thread_may_not_leave_its_namespaces() throws Exception {
        var failure = new java.util.concurrent.CompletableFuture<Throwable>();
        Thread.startVirtualThread(() -> {
            try {
                Namespaces.unshare(Set.of(Namespace.NETWORK));
            } catch (ErrnoException | RuntimeException refused) {
                failure.complete(refused);
            }
        });
        assertThat(failure.get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void mounts_networks_and_attributes_work_inside_a_user_namespace(@TempDir Path path) throws Exception {
        var words = new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--mount"));
        words.add(ProcessHandle.current().info().command().orElseThrow());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-cp"));
        words.add(System.getProperty("java.class.path"));
        words.addAll(List.of(Inside.class.getName(), path.toString()));
        var output = path.resolve("output").toFile();
        var process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        assertThat(process.waitFor())
                .withFailMessage(() -> text(output.toPath()))
                .isZero();
        assertThat(text(output.toPath())).isEqualTo("done\n");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException failure) {
            return failure.toString();
        }
    }

    /// The program inside.
    static final class Inside {
        private Inside() {}

        public static void main(String[] arguments) throws Exception {
            var path = Path.of(arguments[0]);
            assertThat(Self.uid()).isZero();
            assertThat(Self.has(Capability.SYS_ADMIN)).isTrue();
            assertThat(Self.hasNoNewPrivileges()).isFalse();
            mounts(path);
            network();
            signals();
            System.out.println("done");
        }

        private static void mounts(Path path) throws Exception {
            Mounts.propagate(Path.of("/"), Propagation.RSLAVE);
            var a = Files.createDirectory(path.resolve("a b"));
            var b = Files.createDirectory(path.resolve("b"));
            Mounts.mount("tmpfs", a, "tmpfs", Set.of(MountFlag.NO_DEV), "mode=0755");
            Files.writeString(a.resolve("file"), "x");
            Mounts.bind(a, b, true);
            Mounts.remountBind(b, Set.of(MountFlag.READ_ONLY, MountFlag.NO_DEV));
            assertThatThrownBy(() -> Files.writeString(b.resolve("file"), "y"))
                    .isInstanceOf(java.nio.file.FileSystemException.class);
            var listed = Mounts.list().stream()
                    .filter(mount -> mount.target().equals(a.toString()))
                    .findFirst()
                    .orElseThrow();
            assertThat(listed.type()).isEqualTo("tmpfs");
            assertThat(listed.options()).contains("nodev");
            Mounts.unmount(b, false);
            Mounts.unmount(a, true);
            assertThat(b.resolve("file")).doesNotExist();
        }

        private static void network() throws Exception {
            var outside = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
            try (var inside = NetnsThread.unshare("netns-test")) {
                var there = inside.call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
                assertThat(there).isNotEqualTo(outside);
                assertThat(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")))
                        .isEqualTo(outside);
                inside.call(() -> {
                    try (var netlink = RouteNetlink.open()) {
                        netlink.setUp("lo");
                        Tap.create("tap7");
                        netlink.setMtu("tap7", 4321);
                        netlink.addAddress("tap7", InetAddress.ofLiteral("10.0.2.100"), 24);
                        netlink.addAddress("tap7", InetAddress.ofLiteral("fd00::100"), 64);
                        netlink.setUp("tap7");
                        netlink.addDefaultRoute("tap7", InetAddress.ofLiteral("10.0.2.2"));
                        assertThatThrownBy(() -> netlink.setUp("nothing"))
                                .hasMessage("netlink get link nothing: no such device");
                    }
                    return true;
                });
                var lines = inside.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/route")));
                assertThat(lines).anyMatch(line -> line.startsWith("tap7\t00000000\t0202000A"));
                assertThat(inside.call(() -> Files.readString(Path.of("/proc/thread-self/net/if_inet6"))))
                        .contains("fd000000000000000000000000000100");
                try (var namespace = inside.namespace();
                        var second = NetnsThread.enter("netns-second", namespace)) {
                    assertThat(second.call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))))
                            .isEqualTo(there);
                }
            }
        }

        private static void signals() throws Exception {
            var thread = Thread.ofPlatform().start(() -> {
                try {
                    SignalSet.of(Signal.USR1).block();
                    try (var fd = SignalSet.of(Signal.USR1).open()) {
                        assertThat(SignalSet.read(fd)).isEmpty();
                        assertThat(SignalSet.blocked().contains(Signal.USR1)).isTrue();
                    }
                } catch (ErrnoException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            thread.join();
        }
    }
}
