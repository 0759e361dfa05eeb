package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.core.registry.Login;
import dev.coracle.core.registry.Registry;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.registry.HttpRegistries;
import dev.coracle.registry.Proxies;
import dev.coracle.registry.RegistryOptions;
import dev.coracle.registry.Tls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The flags of commands that speak to a registry, and the client they ask for.
final class RegistryFlags {
    private static final List<Flag> FLAGS = List.of(
            Flag.bool("skip-verify k", "Accept any certificate"),
            Flag.bool("plain-http", "Speak plain http"),
            Flag.text("user u", "user[:password] at the registry"),
            Flag.text("refresh", "Refresh token for the authorization server"),
            Flag.text("hosts-dir", "Directory with one sub-directory of hosts.toml per registry"),
            Flag.text("tlscacert", "File of additional authorities"),
            Flag.text("tlscert", "File of the client certificate"),
            Flag.text("tlskey", "File of the client certificate's key"),
            Flag.bool("http-dump", "Show every request and the status of its answer"),
            Flag.bool("http-trace", "Show every request and the status of its answer"));

    private RegistryFlags() {}

    /// These flags and some more.
    static List<Flag> and(Flag... more) {
        var flags = new ArrayList<>(FLAGS);
        flags.addAll(List.of(more));
        return flags;
    }

    /// The client. The caller closes it.
    static Registry open(Line line, Session session) {
        var login = login(line, session);
        var hostsDir = line.text("hosts-dir");
        var dump = line.flag("http-dump") || line.flag("http-trace");
        var access = new RegistryAccess(
                _ -> login,
                hostsDir.isEmpty() ? List.of() : List.of(session.path(hostsDir)),
                line.flag("plain-http") ? RegistryAccess.Scheme.PLAIN : RegistryAccess.Scheme.SECURE,
                Map.of(),
                dump ? session.terminal()::log : _ -> {});
        var machine = new RegistryOptions(access, tls(line, session), trust(session), proxies(session));
        return new HttpRegistries(machine, session.clock()).open(access);
    }

    static Login login(Line line, Session session) {
        var user = line.text("user");
        if (user.isEmpty()) {
            return new Login("", line.text("refresh"));
        }
        var colon = user.indexOf(':');
        return colon > 0
                ? new Login(user.substring(0, colon), user.substring(colon + 1))
                : new Login(user, session.terminal().askSecret("Password: "));
    }

    private static Tls tls(Line line, Session session) {
        var authority = line.text("tlscacert");
        var certificate = line.text("tlscert");
        var key = line.text("tlskey");
        if (certificate.isEmpty() != key.isEmpty()) {
            throw UsageFailure.of("flags --tlscert and --tlskey must be set together");
        }
        return new Tls(
                authority.isEmpty() ? List.of() : List.of(session.path(authority)),
                certificate.isEmpty()
                        ? List.of()
                        : List.of(new Tls.KeyPair(session.path(certificate), session.path(key))),
                line.flag("skip-verify"));
    }

    private static List<Path> trust(Session session) {
        var own = session.environment().variable("SSL_CERT_FILE");
        return own.isEmpty() ? RegistryOptions.SYSTEM_TRUST : List.of(session.path(own));
    }

    private static Proxies proxies(Session session) {
        return new Proxies(either(session, "HTTP_PROXY"), either(session, "HTTPS_PROXY"), either(session, "NO_PROXY"));
    }

    private static String either(Session session, String name) {
        var upper = session.environment().variable(name);
        return upper.isEmpty() ? session.environment().variable(name.toLowerCase(Locale.ROOT)) : upper;
    }
}
