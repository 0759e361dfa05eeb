package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.registry.Login;
import dev.coracle.registry.Proxies;
import dev.coracle.registry.Registry;
import dev.coracle.registry.RegistryOptions;
import dev.coracle.registry.Tls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The flags of commands that speak to a registry, and the client they ask for.
final class RegistryFlags {
    /// Where distributions keep the authorities that the machine trusts, as Go looks for them.
    private static final List<Path> SYSTEM_TRUST = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

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
        var options = new RegistryOptions(
                hostsDir.isEmpty() ? List.of() : List.of(session.path(hostsDir)),
                line.flag("plain-http"),
                tls(line, session),
                trust(session),
                proxies(session),
                _ -> login,
                dump ? session.terminal()::log : _ -> {});
        return new Registry(options, session.clock());
    }

    private static Login login(Line line, Session session) {
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
        return own.isEmpty() ? SYSTEM_TRUST : List.of(session.path(own));
    }

    private static Proxies proxies(Session session) {
        return new Proxies(either(session, "HTTP_PROXY"), either(session, "HTTPS_PROXY"), either(session, "NO_PROXY"));
    }

    private static String either(Session session, String name) {
        var upper = session.environment().variable(name);
        return upper.isEmpty() ? session.environment().variable(name.toLowerCase(Locale.ROOT)) : upper;
    }
}
