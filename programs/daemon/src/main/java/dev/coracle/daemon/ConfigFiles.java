package dev.coracle.daemon;

import dev.coracle.daemon.ConfigTree.Entry;
import dev.coracle.daemon.ConfigTree.Origin;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/// Reads a configuration file and everything it imports into one tree of the newest version.
///
/// Files are read breadth first, each once. At the top level scalars override when they are not
/// zero, lists are united and the maps of named things replace whole values by name; inside
/// `plugins` tables merge key by key, lists are replaced and any value overrides. Both are
/// containerd's rules.
final class ConfigFiles {
    private static final Set<String> BY_NAME = Set.of("proxy_plugins", "stream_processors", "timeouts");

    private final ConfigTree merged;
    private final Set<Path> read = new LinkedHashSet<>();

    private ConfigFiles(ConfigTree base) {
        this.merged = base;
    }

    /// Reads `file` over `base`, which holds the defaults.
    ///
    /// @throws ConfigException when a file cannot be read or is not TOML
    static ConfigTree load(Path file, ConfigTree base) throws ConfigException {
        var files = new ConfigFiles(base);
        var pending = new ArrayDeque<>(List.of(file.toAbsolutePath().normalize()));
        while (!pending.isEmpty()) {
            var next = pending.removeFirst();
            if (files.read.add(next)) {
                var tree = parse(next);
                ConfigMigration.migrate(tree, next);
                var imports = tree.texts("imports");
                files.merge(tree);
                pending.addAll(resolve(next, imports));
            }
        }
        return files.merged;
    }

    /// Reads one file as it is.
    static ConfigTree parse(Path file) throws ConfigException {
        try {
            var result = Toml.parse(file);
            if (result.hasErrors()) {
                var error = result.errors().getFirst();
                throw new ConfigException("read configuration " + file + " line "
                        + error.position().line() + " column "
                        + error.position().column() + ": "
                        + error.getMessage());
            }
            return table(result, file);
        } catch (NoSuchFileException e) {
            throw new ConfigException("read configuration " + file + ": no such file", e);
        } catch (IOException e) {
            throw new ConfigException("read configuration " + file + ": " + reason(e), e);
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof java.nio.file.AccessDeniedException
                ? "permission denied"
                : String.valueOf(failure.getMessage());
    }

    private static ConfigTree table(TomlTable table, Path file) {
        var tree = new ConfigTree();
        for (var key : table.keySet()) {
            var position = table.inputPositionOf(List.of(key));
            var origin = position == null ? Optional.<Origin>empty() : Optional.of(new Origin(file, position.line()));
            var value = table.get(List.of(key));
            if (value != null) {
                tree.put(key, new Entry(value(value, file), origin));
            }
        }
        return tree;
    }

    private static Object value(Object value, Path file) {
        return switch (value) {
            case TomlTable table -> table(table, file);
            case TomlArray array ->
                array.toList().stream().map(element -> value(element, file)).toList();
            default -> value;
        };
    }

    private void merge(ConfigTree newer) {
        newer.entries().forEach((key, entry) -> {
            if (key.equals("plugins") && entry.value() instanceof ConfigTree plugins) {
                deep(merged.ensure("plugins"), plugins);
            } else if (BY_NAME.contains(key) && entry.value() instanceof ConfigTree named) {
                named.entries().forEach(merged.ensure(key)::put);
            } else if (entry.value() instanceof ConfigTree table) {
                merge(merged.ensure(key), table);
            } else {
                scalar(merged, key, entry);
            }
        });
    }

    private static void merge(ConfigTree into, ConfigTree newer) {
        newer.entries().forEach((key, entry) -> {
            if (entry.value() instanceof ConfigTree table) {
                merge(into.ensure(key), table);
            } else {
                scalar(into, key, entry);
            }
        });
    }

    private static void scalar(ConfigTree into, String key, Entry entry) {
        var old = into.find(key).map(Entry::value).orElse(null);
        if (old instanceof List<?> before && entry.value() instanceof List<?> after) {
            var united = new LinkedHashSet<Object>(before);
            united.addAll(after);
            into.put(key, new Entry(List.copyOf(united), entry.origin()));
        } else if (old == null || !isZero(entry.value())) {
            into.put(key, entry);
        }
    }

    private static void deep(ConfigTree into, ConfigTree newer) {
        newer.entries().forEach((key, entry) -> {
            if (entry.value() instanceof ConfigTree table) {
                deep(into.ensure(key), table);
            } else {
                into.put(key, entry);
            }
        });
    }

    private static boolean isZero(Object value) {
        return switch (value) {
            case String text -> text.isEmpty();
            case Boolean flag -> !flag;
            case Long number -> number == 0;
            case Double number -> number == 0;
            default -> false;
        };
    }

    /// Only `*` is a pattern; a pattern that matches nothing is fine, a missing file is not.
    private static List<Path> resolve(Path importing, List<String> imports) throws ConfigException {
        var found = new ArrayList<Path>();
        for (var name : imports) {
            var path = importing.resolveSibling(name).normalize();
            if (!name.contains("*")) {
                found.add(path);
                continue;
            }
            found.addAll(glob(path));
        }
        return found;
    }

    private static List<Path> glob(Path pattern) throws ConfigException {
        var folder = pattern.getParent();
        var name = pattern.getFileName();
        if (folder == null || name == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        var escaped = name.toString().replaceAll("([\\\\?\\[\\]{}])", "\\\\$1");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, escaped)) {
            var sorted = new ArrayList<Path>();
            files.forEach(sorted::add);
            sorted.sort(null);
            return sorted;
        } catch (IOException e) {
            throw new ConfigException("read imports " + pattern + ": " + reason(e), e);
        }
    }
}
