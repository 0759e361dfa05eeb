package dev.coracle.userns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A port of the host and where it leads inside, in RootlessKit's words: `127.0.0.1:8080:80/tcp`.
///
/// @param protocol `tcp` and `udp` take both address families where the address allows it; with 4 or 6 behind it, one
/// @param parentIp empty for all addresses
/// @param childIp empty for the driver's choice
public record PortSpec(String protocol, String parentIp, int parentPort, String childIp, int childPort) {
    private static final Set<String> PROTOCOLS =
            Set.of("tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "sctp", "sctp4", "sctp6");
    private static final Pattern PART = Pattern.compile("\\[[^\\[\\]]*]|[^:\\[\\]]*");
    private static final int LARGEST_PORT = 65535;

    /// By `<parentIP>:<parentPort>[:<childIP>]:<childPort>/<proto>`; IPv6 addresses stand in brackets.
    public static PortSpec parse(String text) throws UsernsException {
        var slash = text.lastIndexOf('/');
        if (slash < 0 || slash == text.length() - 1) {
            throw new UsernsException("missing proto in PortSpec string: \"" + text + "\"");
        }
        var protocol = text.substring(slash + 1);
        if (!PROTOCOLS.contains(protocol)) {
            throw new UsernsException("invalid PortSpec string: \"" + text + "\": unknown proto: \"" + protocol + "\"");
        }
        var parts = parts(text.substring(0, slash));
        if (parts.size() != 3 && parts.size() != 4) {
            throw new UsernsException("unexpected PortSpec string: \"" + text + "\"");
        }
        var childIp = parts.size() == 4 ? ip(parts.get(2), "ChildIP", text) : "";
        return new PortSpec(
                protocol,
                ip(parts.get(0), "ParentIP", text),
                port(parts.get(1), "ParentPort", text),
                childIp,
                port(parts.getLast(), "ChildPort", text));
    }

    private static List<String> parts(String text) {
        var parts = new ArrayList<String>();
        var matcher = PART.matcher(text);
        for (var at = 0; at <= text.length(); at++) {
            if (!matcher.find(at) || matcher.start() != at) {
                return List.of();
            }
            parts.add(matcher.group());
            at = matcher.end();
            if (at < text.length() && text.charAt(at) != ':') {
                return List.of();
            }
        }
        return parts;
    }

    private static String ip(String text, String what, String whole) throws UsernsException {
        var bare = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
        if (!bare.isEmpty() && find(bare).isEmpty()) {
            throw new UsernsException("unexpected " + what + " in PortSpec string: \"" + whole + "\"");
        }
        return bare;
    }

    private static int port(String text, String what, String whole) throws UsernsException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new UsernsException("unexpected " + what + " in PortSpec string: \"" + whole + "\"", null, wrong);
        }
    }

    /// An address written as numbers; names are none, and nobody is asked about them.
    static Optional<InetAddress> find(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /// What comes from outside is checked before anything is done with it.
    public PortSpec validated() throws UsernsException {
        if (!PROTOCOLS.contains(protocol)) {
            throw new UsernsException("unknown proto: \"" + protocol + "\"");
        }
        if (!parentIp.isEmpty() && find(parentIp).isEmpty()) {
            throw new UsernsException("invalid ParentIP: \"" + parentIp + "\"");
        }
        if (!childIp.isEmpty() && find(childIp).isEmpty()) {
            throw new UsernsException("invalid ChildIP: \"" + childIp + "\"");
        }
        if (parentPort < 1 || parentPort > LARGEST_PORT) {
            throw new UsernsException("invalid ParentPort: " + parentPort);
        }
        if (childPort < 1 || childPort > LARGEST_PORT) {
            throw new UsernsException("invalid ChildPort: " + childPort);
        }
        var family = protocol.charAt(protocol.length() - 1);
        var isIpv6 = find(parentIp).filter(Inet6Address.class::isInstance).isPresent();
        if (!parentIp.isEmpty() && ((family == '4' && isIpv6) || (family == '6' && !isIpv6))) {
            throw new UsernsException("invalid ParentIP: \"" + parentIp + "\" is not an address for " + protocol);
        }
        return this;
    }

    boolean isTcp() {
        return protocol.startsWith("tcp");
    }

    /// Whether both would listen at the same place.
    boolean conflictsWith(PortSpec other) {
        return protocol.equals(other.protocol) && parentIp.equals(other.parentIp) && parentPort == other.parentPort;
    }

    /// As error messages write the place.
    String place() {
        return (parentIp.contains(":") ? "[" + parentIp + "]" : parentIp) + ":" + parentPort;
    }
}
