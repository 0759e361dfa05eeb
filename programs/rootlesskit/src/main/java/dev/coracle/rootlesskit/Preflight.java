package dev.coracle.rootlesskit;

import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why a kernel refuses user namespaces, and what to do about it.
final class Preflight {
    private Preflight() {}

    static String remedy() throws IOException {
        if (setting("kernel/unprivileged_userns_clone").filter("0"::equals).isPresent()) {
            return "as root, run: sysctl -w kernel.unprivileged_userns_clone=1";
        }
        if (setting("user/max_user_namespaces").filter("0"::equals).isPresent()) {
            return "as root, run: sysctl -w user.max_user_namespaces=28633";
        }
        if (setting("kernel/apparmor_restrict_unprivileged_userns")
                .filter("1"::equals)
                .isPresent()) {
            return "AppArmor keeps programs without a profile from making user namespaces (Ubuntu since 23.10): as root,"
                    + " paste what `coracle doctor` prints, a profile for /usr/bin/unshare that allows it";
        }
        if (Self.hasNoNewPrivileges()) {
            return "this session runs with no_new_privs: start it from a login session";
        }
        return "inside a container or a chroot user namespaces may be forbidden: see unshare's own message above";
    }

    /// Why a network driver fails at once.
    static @Nullable String networkRemedy() {
        var tun = Path.of("/dev/net/tun");
        if (!Files.exists(tun)) {
            return "as root, run: modprobe tun; a container needs the device /dev/net/tun";
        }
        return Files.isWritable(tun) ? null : "as root, run: chmod 0666 /dev/net/tun";
    }

    private static Optional<String> setting(String name) throws IOException {
        var file = Path.of("/proc/sys", name);
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }
}
