package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Obstacle;
import java.util.ArrayList;
import java.util.List;

/// Whether this kernel lets an ordinary user make namespaces.
final class NamespacesProbe implements Probe {
    private static final String CLONE = "kernel.unprivileged_userns_clone";
    private static final String MOST = "user.max_user_namespaces";
    private static final String APPARMOR = "kernel.apparmor_restrict_unprivileged_userns";
    private static final String PROFILE = "/etc/apparmor.d/coracle-unshare";

    @Override
    public String title() {
        return "user namespaces";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var findings = new ArrayList<Finding>();
        if (!ground.isThere("/proc/self/ns/user")) {
            findings.add(new Obstacle(
                    "userns", "this kernel has no user namespaces", Remedy.hint("use a kernel with CONFIG_USER_NS")));
        }
        if (ground.sysctl(CLONE).filter("0"::equals).isPresent()) {
            findings.add(sysctl(CLONE, "0: only root may make user namespaces", "1"));
        }
        if (ground.sysctl(MOST).filter("0"::equals).isPresent()) {
            findings.add(sysctl(MOST, "0: nobody may make user namespaces", "28633"));
        }
        if (ground.sysctl(APPARMOR).filter("1"::equals).isPresent() && !ground.isThere(PROFILE)) {
            findings.add(new Obstacle(
                    "apparmor",
                    APPARMOR + " is 1: AppArmor keeps programs without a profile from making user namespaces",
                    new Remedy("", List.of(), profile(ground))));
        }
        if (ground.lines("/proc/self/status").stream().anyMatch(line -> line.matches("NoNewPrivs:\\s*1"))) {
            findings.add(new Obstacle(
                    "no-new-privs",
                    "this session runs with no_new_privs: newuidmap has no rights in it",
                    Remedy.hint(
                            "start from a login session, or take NoNewPrivileges= out of the unit that started this")));
        }
        if (findings.isEmpty()) {
            findings.add(new Fine("userns", "allowed"));
        }
        return findings;
    }

    private static Finding sysctl(String name, String why, String value) {
        return new Obstacle(
                name,
                name + " is " + why,
                Remedy.root("echo " + name + "=" + value + " > /etc/sysctl.d/99-coracle.conf", "sysctl --system"));
    }

    /// rootlesskit is a JVM, which can make no user namespace: `unshare` makes it and becomes the JVM, under this
    /// profile.
    private static List<String> profile(Ground ground) {
        var unshare = ground.program("unshare").map(ground::named).orElse("/usr/bin/unshare");
        return List.of(
                "cat > " + PROFILE + " <<'PROFILE'",
                "abi <abi/4.0>,",
                "include <tunables/global>",
                "profile coracle-unshare " + unshare + " flags=(unconfined) {",
                "  userns,",
                "  include if exists <local/coracle-unshare>",
                "}",
                "PROFILE",
                "apparmor_parser -r " + PROFILE);
    }
}
