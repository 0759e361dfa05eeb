package dev.coracle.registry;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import dev.coracle.registry.RegistryHost.Capability;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// One `hosts.toml`: the mirrors in the order of the file, then the server.
final class HostsFile {
    private static final Set<String> KEYS = Set.of(
            "server", "host", "capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");

    private final Path file;

    private HostsFile(Path file) {
        this.file = file;
    }

    /// Reads a file; `itself` makes the host that stands for the registry when no `server` does.
    static List<RegistryHost> read(Path file, Function<Tls, RegistryHost> itself) {
        try {
            var document = Toml.parse(file);
            if (document.hasErrors()) {
                var error = document.errors().getFirst();
                throw new InvalidArgument(file + ":" + error.position().line() + ": " + error.getMessage());
            }
            return new HostsFile(file).hosts(document, itself);
        } catch (IOException e) {
            throw new InvalidArgument("read " + file + ": " + e.getMessage(), e);
        }
    }

    private List<RegistryHost> hosts(TomlTable document, Function<Tls, RegistryHost> itself) {
        refuseUnknown(document);
        var hosts = new ArrayList<RegistryHost>();
        var mirrors = table(document, "host");
        mirrors.keySet().stream()
                .sorted(Comparator.comparing(
                        name -> position(mirrors, name), Comparator.comparingInt(TomlPosition::line)))
                .forEach(name -> hosts.add(host(name, table(mirrors, name))));
        var server = text(document, "server");
        if (server.isEmpty()) {
            var own = itself.apply(tls(document));
            hosts.add(new RegistryHost(
                    own.base(), capabilities(document), own.tls(), headers(document), timeout(document)));
        } else {
            hosts.add(host(server, document));
        }
        return List.copyOf(hosts);
    }

    private static TomlPosition position(TomlTable table, String key) {
        var position = table.inputPositionOf(List.of(key));
        return position == null ? TomlPosition.positionAt(1, 1) : position;
    }

    private RegistryHost host(String name, TomlTable settings) {
        refuseUnknown(settings);
        return new RegistryHost(
                base(name, flag(settings, "override_path")),
                capabilities(settings),
                tls(settings),
                headers(settings),
                timeout(settings));
    }

    private URI base(String name, boolean overridePath) {
        try {
            var uri = URI.create(name.contains("://") ? name : "https://" + name);
            var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getRawAuthority() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                throw wrong("host \"" + name + "\" is not an http or https address");
            }
            var path = uri.getRawPath().replaceAll("/+$", "");
            if (!overridePath && !path.endsWith("/v2")) {
                path += "/v2";
            }
            return URI.create(scheme + "://" + uri.getRawAuthority() + path);
        } catch (IllegalArgumentException e) {
            throw wrong("host \"" + name + "\" is not an address: " + e.getMessage());
        }
    }

    private Set<Capability> capabilities(TomlTable settings) {
        var names = texts(settings, "capabilities");
        if (names.isEmpty()) {
            return RegistryHost.ALL;
        }
        var set = EnumSet.noneOf(Capability.class);
        for (var name : names) {
            try {
                set.add(Capability.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw wrong("unknown capability \"" + name + "\" (pull, resolve, push, referrers)");
            }
        }
        return set;
    }

    private Tls tls(TomlTable settings) {
        var authorities = texts(settings, "ca").stream().map(this::beside).toList();
        return new Tls(authorities, clients(settings), flag(settings, "skip_verify"));
    }

    /// `"both.pem"`, `["a.pem", "b.pem"]` or `[["a.cert", "a.key"], …]`.
    private List<Tls.KeyPair> clients(TomlTable settings) {
        if (settings.get("client") instanceof TomlArray array) {
            var pairs = new ArrayList<Tls.KeyPair>();
            for (var element : array.toList()) {
                pairs.add(
                        switch (element) {
                            case String path -> new Tls.KeyPair(beside(path), beside(path));
                            case TomlArray pair
                            when pair.size() == 2 ->
                                new Tls.KeyPair(beside(pair.getString(0)), beside(pair.getString(1)));
                            default -> throw wrong("client must be a file, or pairs of certificate and key");
                        });
            }
            return pairs;
        }
        return texts(settings, "client").stream()
                .map(path -> new Tls.KeyPair(beside(path), beside(path)))
                .toList();
    }

    private Path beside(String path) {
        return file.resolveSibling(path);
    }

    private Map<String, List<String>> headers(TomlTable settings) {
        var header = table(settings, "header");
        var headers = new LinkedHashMap<String, List<String>>();
        header.keySet().forEach(name -> headers.put(name, texts(header, name)));
        return headers;
    }

    private Duration timeout(TomlTable settings) {
        var text = text(settings, "dial_timeout");
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        try {
            return GoDuration.parse(text);
        } catch (InvalidArgument e) {
            throw wrong("dial_timeout: " + e.message());
        }
    }

    private void refuseUnknown(TomlTable settings) {
        for (var key : settings.keySet()) {
            if (!KEYS.contains(key)) {
                throw wrong("unknown key \"" + key + "\" in line "
                        + position(settings, key).line());
            }
        }
    }

    private TomlTable table(TomlTable parent, String key) {
        return switch (parent.get(List.of(key))) {
            case TomlTable table -> table;
            case null -> Toml.parse("");
            default -> throw wrong("\"" + key + "\" must be a table");
        };
    }

    private String text(TomlTable settings, String key) {
        return switch (settings.get(List.of(key))) {
            case String text -> text;
            case null -> "";
            default -> throw wrong("\"" + key + "\" must be a string");
        };
    }

    private boolean flag(TomlTable settings, String key) {
        return switch (settings.get(List.of(key))) {
            case Boolean flag -> flag;
            case null -> false;
            default -> throw wrong("\"" + key + "\" must be true or false");
        };
    }

    private List<String> texts(TomlTable settings, String key) {
        return switch (settings.get(List.of(key))) {
            case null -> List.of();
            case String text -> List.of(text);
            case TomlArray array ->
                array.toList().stream()
                        .map(element -> {
                            if (element instanceof String text) {
                                return text;
                            }
                            throw wrong("\"" + key + "\" must be a string or a list of strings");
                        })
                        .toList();
            default -> throw wrong("\"" + key + "\" must be a string or a list of strings");
        };
    }

    private InvalidArgument wrong(String why) {
        return new InvalidArgument(file + ": " + why);
    }
}
