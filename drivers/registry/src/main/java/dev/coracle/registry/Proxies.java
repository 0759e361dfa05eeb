package dev.coracle.registry;

import dev.coracle.base.EngineException.InvalidArgument;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which proxy a request goes through, by the rules Go programs follow: `HTTPS_PROXY` for https,
/// `HTTP_PROXY` for http, neither for this machine or for what `NO_PROXY` names (`*`, a domain
/// and everything under it, `.domain` only what is under it, an address, a network, each with or
/// without port).
public final class Proxies {
    /// Direct connections only.
    public static final Proxies NONE = new Proxies("", "", "");

    private final Optional<URI> http;
    private final Optional<URI> https;
    private final List<String> direct;

    /// Takes the values of the three variables, empty when they are not set.
    ///
    /// @throws InvalidArgument when a proxy is not an http address
    public Proxies(String http, String https, String direct) {
        this.http = address(http);
        this.https = address(https);
        this.direct = Arrays.stream(direct.split(","))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static Optional<URI> address(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && uri.getScheme().equals("http")) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException malformed) {
            // reported below without the text of the failure, which may show a password
        }
        throw new InvalidArgument("proxy address is not of the form http://host:port");
    }

    /// The proxy for a request, if any.
    Optional<URI> forRequest(URI target) {
        var proxy = target.getScheme().equals("https") ? https : http;
        return proxy.filter(_ -> !isDirect(target));
    }

    static InetSocketAddress socket(URI proxy) {
        return new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort());
    }

    /// The header that presents the user and password of the proxy's address.
    static Optional<String> authorization(URI proxy) {
        return Optional.ofNullable(proxy.getUserInfo())
                .map(info -> "Basic " + Base64.getEncoder().encodeToString(info.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean isDirect(URI target) {
        var host = Loopback.host(target.getRawAuthority()).toLowerCase(Locale.ROOT);
        var port = target.getPort() < 0 ? (target.getScheme().equals("https") ? 443 : 80) : target.getPort();
        return Loopback.isLoopback(host) || direct.stream().anyMatch(entry -> matches(entry, host, port));
    }

    private static boolean matches(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        if (entry.indexOf('/') >= 0) {
            return inNetwork(entry, host);
        }
        var name = entry;
        var colon = entry.lastIndexOf(':');
        if (colon >= 0 && (entry.startsWith("[") || entry.indexOf(':') == colon)) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        name = name.startsWith("[") ? Loopback.host(name) : name;
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean inNetwork(String entry, String host) {
        try {
            var slash = entry.indexOf('/');
            var network = InetAddress.ofLiteral(entry.substring(0, slash)).getAddress();
            var address = InetAddress.ofLiteral(host).getAddress();
            var bits = Integer.parseInt(entry.substring(slash + 1));
            if (network.length != address.length || bits < 0 || bits > network.length * 8) {
                return false;
            }
            var shift = network.length * 8 - bits;
            return new BigInteger(1, network).shiftRight(shift).equals(new BigInteger(1, address).shiftRight(shift));
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }
}
