package dev.coracle.rootlesskit;

import dev.coracle.rootlesskit.Options.Choice;
import dev.coracle.userns.Subnet;
import java.util.List;

/// How the namespace reaches the outside.
sealed interface NetworkChoice {
    record Host() implements NetworkChoice {}

    record None() implements NetworkChoice {}

    /// What a device looks like from inside.
    record Link(String device, int mtu, Subnet subnet, boolean hostLoopback, boolean ipv6) {}

    /// A program is the way out.
    sealed interface Connected extends NetworkChoice {
        /// What the API calls it.
        String name();

        Link link();

        /// The program by name or path.
        String program();

        /// Where it may be besides on PATH, as paths.
        default List<String> places() {
            return List.of();
        }

        /// What brings the program.
        String remedy();

        /// Where the namespace is reached, as far as that is known before the network is there.
        default String childIp() {
            return link().subnet().child();
        }

        /// Name servers, likewise.
        default List<String> dns() {
            return List.of(link().subnet().dns());
        }
    }

    record Slirp4netns(Link link, String program, Choice sandbox, Choice seccomp) implements Connected {
        @Override
        public String name() {
            return "slirp4netns";
        }

        @Override
        public String remedy() {
            return "install the package slirp4netns";
        }
    }

    record Pasta(Link link, String program, boolean implicitPorts) implements Connected {
        @Override
        public String name() {
            return "pasta";
        }

        @Override
        public String remedy() {
            return "install the package passt";
        }
    }

    record Vpnkit(Link link, String program) implements Connected {
        @Override
        public String name() {
            return "vpnkit";
        }

        @Override
        public String remedy() {
            return "build it from https://github.com/moby/vpnkit, or give its path by --vpnkit-binary";
        }

        @Override
        public String childIp() {
            return "";
        }

        @Override
        public List<String> dns() {
            return List.of(dev.coracle.userns.Vpnkit.GATEWAY);
        }
    }

    record LxcUserNic(Link link, String program, String bridge) implements Connected {
        @Override
        public String name() {
            return "lxc-user-nic";
        }

        @Override
        public List<String> places() {
            return List.of(
                    "/usr/libexec/lxc/lxc-user-nic",
                    "/usr/lib/x86_64-linux-gnu/lxc/lxc-user-nic",
                    "/usr/lib/aarch64-linux-gnu/lxc/lxc-user-nic",
                    "/usr/lib/lxc/lxc-user-nic");
        }

        @Override
        public String remedy() {
            return "install the package lxc, or give its path by --lxc-user-nic-binary";
        }

        @Override
        public String childIp() {
            return "";
        }

        @Override
        public List<String> dns() {
            return List.of();
        }
    }

    record GvisorTapVsock(Link link, String program) implements Connected {
        @Override
        public String name() {
            return "gvisor-tap-vsock";
        }

        @Override
        public List<String> places() {
            return List.of("/usr/libexec/podman/gvproxy", "/usr/lib/podman/gvproxy");
        }

        @Override
        public String remedy() {
            return "install gvproxy 0.8.8 or later (https://github.com/containers/gvisor-tap-vsock)";
        }

        @Override
        public List<String> dns() {
            return List.of(link.subnet().first());
        }
    }
}
