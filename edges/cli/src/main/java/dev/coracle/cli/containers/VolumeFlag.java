package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.MountOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What `-v source:target[:options]` means.
final class VolumeFlag {
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]+";
    private static final Set<String> PROPAGATION =
            Set.of("shared", "rshared", "slave", "rslave", "private", "rprivate");
    private static final Set<String> BINDING = Set.of("bind", "rbind", "rro");
    private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

    private VolumeFlag() {}

    static MountOption read(Session session, String word) {
        var parts = List.of(word.split(":", -1));
        if (parts.size() > 3 || parts.stream().anyMatch(String::isEmpty)) {
            throw wrong(word, "it is not source:target[:options]");
        }
        if (parts.size() == 1) {
            return new MountOption.Named("", target(word, word), false, true, List.of());
        }
        var source = parts.getFirst();
        var target = target(parts.get(1), word);
        var options = parts.size() == 3 ? parts.get(2) : "";
        return isPath(source) ? bind(session, source, target, options) : named(source, target, options);
    }

    private static boolean isPath(String source) {
        return source.startsWith("/")
                || source.equals(".")
                || source.equals("..")
                || source.startsWith("./")
                || source.startsWith("../")
                || source.startsWith("~");
    }

    private static UsageFailure wrong(String word, String why) {
        return UsageFailure.of("invalid volume specification: '" + word + "': " + why);
    }

    /// @throws UsageFailure unless it is an absolute path, and not the root
    static String target(String text, String word) {
        if (!text.startsWith("/")) {
            throw wrong(word, "invalid mount path: '" + text + "' mount path must be absolute");
        }
        var target = Path.of(text).normalize().toString();
        if (target.equals("/")) {
            throw wrong(word, "destination can't be '/'");
        }
        return target;
    }

    private static MountOption bind(Session session, String source, String target, String words) {
        var options = new ArrayList<String>();
        var readOnly = false;
        for (var option : split(words)) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "rw" -> readOnly = false;
                case "z", "Z" -> refuseLabels(option);
                default -> {
                    if (!PROPAGATION.contains(option) && !BINDING.contains(option)) {
                        throw UsageFailure.of("invalid mode: " + words);
                    }
                    options.add(option);
                }
            }
        }
        return new MountOption.Bind(session.path(home(session, source)), target, readOnly, true, options);
    }

    private static void refuseLabels(String option) {
        if (java.nio.file.Files.exists(SELINUX)) {
            throw UsageFailure.of("volume option " + option + ": labels of SELinux are not supported");
        }
    }

    private static String home(Session session, String source) {
        return source.equals("~") || source.startsWith("~/")
                ? session.invocation().variable("HOME") + source.substring(1)
                : source;
    }

    private static List<String> split(String words) {
        return words.isEmpty() ? List.of() : List.of(words.split(",", -1));
    }

    private static MountOption named(String name, String target, String words) {
        if (!name.matches(NAME)) {
            throw UsageFailure.of("create " + name + ": \"" + name + "\" includes invalid characters for a local volume"
                    + " name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory,"
                    + " use absolute path");
        }
        var readOnly = false;
        var copy = true;
        for (var option : split(words)) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "rw" -> readOnly = false;
                case "nocopy" -> copy = false;
                case "z", "Z" -> refuseLabels(option);
                default -> throw UsageFailure.of("invalid mode: " + words);
            }
        }
        return new MountOption.Named(name, target, readOnly, copy, List.of());
    }
}
