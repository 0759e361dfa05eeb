package dev.coracle.registry;

import java.net.InetAddress;

/// Recognises this machine's own addresses, which need no encryption.
final class Loopback {
    private Loopback() {}

    /// Whether a registry of this name is expected to speak plain http: on the loopback, and not
    /// on the port of https.
    static boolean speaksHttp(String authority) {
        return isLoopback(host(authority)) && !authority.endsWith(":443");
    }

    /// Whether a host (a name, or an address with or without brackets) is this machine.
    static boolean isLoopback(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    /// The host of `host`, `host:port` or `[address]:port`, without brackets.
    static String host(String authority) {
        if (authority.startsWith("[")) {
            return authority.substring(1, Math.max(1, authority.indexOf(']')));
        }
        var colon = authority.indexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
