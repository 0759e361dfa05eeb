package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import dev.coracle.setup.Finding.Obstacle;
import dev.coracle.setup.Finding.Warning;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// The login session, and whether anything of the account runs without one.
final class SessionProbe implements Probe {
    @Override
    public String title() {
        return "the session";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var findings = new ArrayList<Finding>();
        var name = ground.account().name();
        if (ground.account().uid() == 0) {
            findings.add(new Obstacle(
                    "account",
                    "this is root: rootless containers are for ordinary accounts",
                    Remedy.hint("log in as an ordinary account")));
        }
        var runtime = ground.variable("XDG_RUNTIME_DIR");
        if (runtime.isEmpty() || !Files.isWritable(ground.at(runtime.get()))) {
            findings.add(new Obstacle(
                    "runtime-directory",
                    "XDG_RUNTIME_DIR (\"" + runtime.orElse("") + "\") is not set, does not exist, or is not writable",
                    Remedy.hint("log in by ssh or machinectl shell " + name + "@ instead of su or sudo")));
            return findings;
        }
        findings.add(new Fine("runtime-directory", runtime.get()));
        if (!ground.isThere("/run/systemd/system")) {
            findings.add(new Notice(
                    "systemd",
                    "this machine runs without systemd: coracle start starts the engine, and nothing does at boot",
                    Remedy.hint("a line in crontab does: @reboot coracle start")));
            return findings;
        }
        if (!ground.isThere(runtime.get() + "/systemd/private")) {
            findings.add(new Warning(
                    "user-manager",
                    "this session has no service manager (systemctl --user)",
                    Remedy.hint("log in by ssh or machinectl shell " + name + "@ instead of su or sudo")));
        }
        if (!ground.isThere(runtime.get() + "/bus")) {
            findings.add(new Warning(
                    "bus",
                    "there is no D-Bus of the session at " + runtime.get()
                            + "/bus: containers cannot get cgroups, and their limits are refused",
                    Remedy.install("dbus-user-session").with("log in again when it is installed")));
        }
        if (ground.isThere("/var/lib/systemd/linger/" + name)) {
            findings.add(new Fine("linger", "enabled"));
        } else {
            findings.add(new Warning(
                    "linger",
                    "containers end when " + name + " logs out, and do not start when the machine does",
                    Remedy.root("loginctl enable-linger " + name)));
        }
        return findings;
    }
}
