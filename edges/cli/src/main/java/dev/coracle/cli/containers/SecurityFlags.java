package dev.coracle.cli.containers;

import dev.coracle.cli.ClientFiles;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.line.Values;
import dev.coracle.engine.containers.SecurityOptions;
import dev.coracle.engine.containers.SecurityOptions.DeviceOption;
import dev.coracle.engine.containers.SecurityOptions.Seccomp;
import dev.coracle.engine.containers.SecurityOptions.Ulimit;
import dev.coracle.oci.CdiSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The flags about what the container may do, and what it shares.
final class SecurityFlags {
    static final List<Flag> FLAGS = List.of(
            Flag.bool("privileged", "All capabilities and devices that the account itself has"),
            Flag.list("cap-add", "Add a capability"),
            Flag.list("cap-drop", "Drop a capability"),
            Flag.each("security-opt", "seccomp=, apparmor=, label=, no-new-privileges, systempaths=unconfined"),
            Flag.list("device", "A device of the host: path[:path[:rwm]], or vendor/class=name (CDI)"),
            Flag.each("gpus", "GPUs by CDI: all, a number, or \"device=0,1\"").checked(text -> GpuFlag.devices(text)),
            Flag.list("ulimit", "A limit of the process: name=soft[:hard]").checked(text -> ulimit(text)),
            Flag.each("sysctl", "A parameter of the kernel: key=value").checked(SecurityFlags::checkSysctl),
            Flag.whole("oom-score-adj", "How early it is killed when memory is short, -1000 to 1000"),
            Flag.text("pid", "Process ids: host or container:X"),
            Flag.text("ipc", "Shared memory: private, shareable, host, none or container:X"),
            Flag.text("uts", "Host name: host"),
            Flag.text("cgroupns", "Cgroups: private or host"),
            Flag.text("userns", "User ids: host, which are the engine's"));

    private static final Set<String> LIMITS = Set.of(
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private SecurityFlags() {}

    private static void checkSysctl(String text) {
        if (!text.matches(
                "(kernel\\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\\.mqueue\\..+|net\\..+)=.*")) {
            throw new BadValue("sysctl '" + text + "' is not allowed");
        }
    }

    private static Ulimit ulimit(String text) {
        var equals = text.indexOf('=');
        if (equals <= 0) {
            throw new BadValue("invalid ulimit argument: " + text);
        }
        var name = text.substring(0, equals);
        if (!LIMITS.contains(name)) {
            throw new BadValue("invalid ulimit type: " + name);
        }
        var values = text.substring(equals + 1).split(":", -1);
        if (values.length > 2) {
            throw new BadValue("too many limit value arguments - " + text.substring(equals + 1)
                    + ", can only have up to two, `soft[:hard]`");
        }
        var soft = Values.whole(values[0]);
        var hard = values.length == 2 ? Values.whole(values[1]) : soft;
        if (hard != -1 && (soft > hard || soft == -1)) {
            throw new BadValue("ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard);
        }
        return new Ulimit(name, soft, hard);
    }

    static SecurityOptions read(Session session, Line line) throws IOException {
        var plain = new ArrayList<String>();
        Seccomp seccomp = new Seccomp.Default();
        for (var word : line.texts("security-opt")) {
            if (word.startsWith("seccomp=") || word.startsWith("seccomp:")) {
                seccomp = seccomp(session, word.substring("seccomp=".length()));
            } else {
                option(word).ifPresent(plain::add);
            }
        }
        return new SecurityOptions(
                line.is("privileged"),
                line.texts("cap-add"),
                line.texts("cap-drop"),
                seccomp,
                plain,
                line.texts("device").stream()
                        .filter(word -> !CdiSpec.isName(word))
                        .map(SecurityFlags::device)
                        .toList(),
                Stream.concat(
                                line.texts("device").stream().filter(CdiSpec::isName),
                                line.texts("gpus").stream().flatMap(gpus -> GpuFlag.devices(gpus).stream()))
                        .toList(),
                line.texts("ulimit").stream().map(SecurityFlags::ulimit).toList(),
                KeyValues.map(line.texts("sysctl")),
                oom(line),
                mode(line, "pid", "PID", "host"),
                mode(line, "ipc", "IPC", "host|private|shareable|none"),
                mode(line, "uts", "UTS", "host"),
                mode(line, "cgroupns", "CGROUP", "host|private"),
                mode(line, "userns", "USER", "host"));
    }

    private static Seccomp seccomp(Session session, String value) throws IOException {
        return switch (value) {
            case "unconfined" -> new Seccomp.Unconfined();
            case "builtin" -> new Seccomp.Default();
            default -> new Seccomp.Profile(ClientFiles.text(session.path(value)));
        };
    }

    private static Optional<String> option(String word) {
        var separator = word.indexOf('=') >= 0 ? word.indexOf('=') : word.indexOf(':');
        var key = separator < 0 ? word : word.substring(0, separator);
        var value = separator < 0 ? "" : word.substring(separator + 1);
        return switch (key) {
            case "no-new-privileges", "writable-cgroups", "privileged-without-host-devices" ->
                value.isEmpty() || Values.bool(value) ? Optional.of(key) : Optional.empty();
            case "apparmor", "label", "systempaths" -> {
                if (value.isEmpty()) {
                    throw UsageFailure.of("Invalid --security-opt: \"" + word + "\"");
                }
                yield Optional.of(key + "=" + value);
            }
            default -> throw UsageFailure.of("Invalid --security-opt: \"" + word + "\"");
        };
    }

    private static DeviceOption device(String word) {
        var parts = List.of(word.split(":", -1));
        var second = parts.size() == 2 && parts.get(1).matches("[rwm]{1,3}");
        if (parts.size() > 3
                || !parts.getFirst().startsWith("/")
                || (parts.size() > 1 && parts.get(1).isEmpty())) {
            throw UsageFailure.of("invalid device specification: " + word);
        }
        var access = parts.size() == 3 ? parts.get(2) : second ? parts.get(1) : "rwm";
        if (!access.matches("[rwm]{1,3}")) {
            throw UsageFailure.of("invalid device mode: " + access);
        }
        return new DeviceOption(
                parts.getFirst(), parts.size() == 1 || second ? parts.getFirst() : parts.get(1), access);
    }

    private static int oom(Line line) {
        var score = line.number("oom-score-adj");
        if (score < -1000 || score > 1000) {
            throw UsageFailure.of("Invalid value " + score + ", range for oom score adj is [-1000, 1000]");
        }
        return score;
    }

    private static String mode(Line line, String flag, String what, String words) {
        var value = line.text(flag);
        var shared = Set.of("pid", "ipc").contains(flag) && value.matches("container:.+");
        if (value.isEmpty() || shared || value.matches(words)) {
            return value;
        }
        throw UsageFailure.of("--" + flag + ": invalid " + what + " mode");
    }
}
