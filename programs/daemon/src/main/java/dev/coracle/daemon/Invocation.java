package dev.coracle.daemon;

import dev.coracle.daemon.DaemonConfig.Overrides;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a command line asks for.
sealed interface Invocation {
    String DEFAULT_CONFIG = "/etc/containerd/config.toml";

    /// The file to read; `given` when it was named, so that it has to exist.
    record ConfigFile(String path, boolean given) {}

    record Serve(ConfigFile config, Overrides overrides) implements Invocation {}

    record ConfigDefault() implements Invocation {}

    record ConfigDump(ConfigFile config, Overrides overrides) implements Invocation {}

    record ConfigMigrate(ConfigFile config) implements Invocation {}

    /// An event from standard input, for shims that publish by starting us.
    /// Run by an OCI runtime, with the container's state on standard input.
    record OciHook(List<String> words) implements Invocation {
        public OciHook {
            words = List.copyOf(words);
        }
    }

    record Publish(String address, String namespace, String topic) implements Invocation {}

    /// Whether everything that a running daemon has fits together.
    record Audit(ConfigFile config, Overrides overrides) implements Invocation {}

    record Version() implements Invocation {}

    record Help(String text) implements Invocation {}

    /// Reads a command line. Options may be written with one or two dashes, their values after a
    /// space or `=`, as containerd takes them.
    ///
    /// @throws UsageException when it means nothing
    static Invocation parse(List<String> arguments) throws UsageException {
        var left = new ArrayDeque<>(arguments);
        var globals = options(left, Set.of("config", "log-level", "address", "root", "state"));
        if (globals.containsKey("help")) {
            return new Help(Usage.TOP);
        }
        if (globals.containsKey("version")) {
            return new Version();
        }
        var config = new ConfigFile(globals.getOrDefault("config", DEFAULT_CONFIG), globals.containsKey("config"));
        var overrides = new Overrides(
                value(globals, "address"),
                value(globals, "root"),
                value(globals, "state"),
                value(globals, "log-level"));
        return left.isEmpty() ? new Serve(config, overrides) : command(left, globals, config, overrides);
    }

    private static Optional<String> value(Map<String, String> options, String name) {
        return Optional.ofNullable(options.get(name)).filter(text -> !text.isEmpty());
    }

    private static Invocation command(
            Deque<String> left, Map<String, String> globals, ConfigFile config, Overrides overrides)
            throws UsageException {
        var command = left.removeFirst();
        return switch (command) {
            case "config" -> config(left, config, overrides);
            case "publish" -> publish(left, globals);
            case "oci-hook" -> hook(left);
            case "audit" -> audit(left, config, overrides);
            case "help", "h" -> new Help(Usage.of(Optional.ofNullable(left.peekFirst())));
            default ->
                throw new UsageException(
                        "unknown command \"" + command + "\", expected config, publish, oci-hook, audit or help");
        };
    }

    private static Invocation config(Deque<String> left, ConfigFile config, Overrides overrides) throws UsageException {
        if (options(left, Set.of()).containsKey("help") || left.isEmpty()) {
            return new Help(Usage.CONFIG);
        }
        var what = left.removeFirst();
        return switch (what) {
            case "default" -> new ConfigDefault();
            case "dump" -> new ConfigDump(config, overrides);
            case "migrate" -> new ConfigMigrate(config);
            default ->
                throw new UsageException("unknown command \"config " + what + "\", expected default, dump or migrate");
        };
    }

    private static Invocation audit(Deque<String> left, ConfigFile config, Overrides overrides) throws UsageException {
        if (options(left, Set.of()).containsKey("help")) {
            return new Help(Usage.AUDIT);
        }
        if (!left.isEmpty()) {
            throw new UsageException("audit takes no arguments, not \"" + left.getFirst() + "\"");
        }
        return new Audit(config, overrides);
    }

    private static Invocation hook(Deque<String> left) throws UsageException {
        if (options(left, Set.of()).containsKey("help") || left.isEmpty()) {
            return new Help(Usage.OCI_HOOK);
        }
        return new OciHook(List.copyOf(left));
    }

    private static Invocation publish(Deque<String> left, Map<String, String> globals) throws UsageException {
        var options = options(left, Set.of("namespace", "topic"));
        if (options.containsKey("help")) {
            return new Help(Usage.PUBLISH);
        }
        var topic = options.getOrDefault("topic", "");
        if (topic.isEmpty()) {
            throw new UsageException("topic required to publish event");
        }
        return new Publish(
                globals.getOrDefault("address", "/run/containerd/containerd.sock"),
                options.getOrDefault("namespace", "default"),
                topic);
    }

    /// Takes options off the front until a word comes. `help` and `version` have no value.
    private static Map<String, String> options(Deque<String> left, Set<String> known) throws UsageException {
        var found = new HashMap<String, String>();
        while (!left.isEmpty()
                && left.getFirst().startsWith("-")
                && left.getFirst().length() > 1) {
            var word = left.removeFirst();
            if (word.equals("--")) {
                break;
            }
            var name = word.replaceFirst("^--?", "");
            var equals = name.indexOf('=');
            var full = longName(equals < 0 ? name : name.substring(0, equals));
            if (full.equals("help") || full.equals("version")) {
                found.put(full, "");
            } else if (!known.contains(full)) {
                throw new UsageException("flag provided but not defined: -" + full);
            } else if (equals >= 0) {
                found.put(full, name.substring(equals + 1));
            } else if (left.isEmpty()) {
                throw new UsageException("flag needs an argument: -" + full);
            } else {
                found.put(full, left.removeFirst());
            }
        }
        return found;
    }

    private static String longName(String name) {
        return switch (name) {
            case "c" -> "config";
            case "l" -> "log-level";
            case "a" -> "address";
            case "h" -> "help";
            case "v" -> "version";
            default -> name;
        };
    }
}
