package dev.coracle.userns;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// The IPv4 network between the namespace and its way out. The child is .100, the gateway .2, the name server .3.
public record Subnet(int network, int prefix) {
    public static final Subnet USUAL = new Subnet(0x0a000200, 24);

    /// By `10.0.2.0/24`.
    public static Subnet parse(String text) {
        var slash = text.indexOf('/');
        int address;
        int prefix;
        try {
            address = address(text.substring(0, Math.max(0, slash)));
            prefix = Integer.parseInt(text.substring(slash + 1));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("invalid CIDR address: " + text, wrong);
        }
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("invalid CIDR address: " + text);
        }
        var mask = prefix == 0 ? 0 : -1 << (32 - prefix);
        if ((address & ~mask) != 0) {
            throw new IllegalArgumentException(
                    "cidr must be like " + dotted(address & mask) + "/" + prefix + ", not like " + text);
        }
        if (prefix > 25) {
            throw new IllegalArgumentException("cidr " + text + " is too small: it must hold at least 128 addresses");
        }
        return new Subnet(address, prefix);
    }

    private static int address(String text) {
        var bytes = InetAddress.ofLiteral(text).getAddress();
        if (bytes.length != 4) {
            throw new IllegalArgumentException("not an IPv4 address: " + text);
        }
        return ByteBuffer.wrap(bytes).getInt();
    }

    public String child() {
        return dotted(network + 100);
    }

    public String gateway() {
        return dotted(network + 2);
    }

    public String dns() {
        return dotted(network + 3);
    }

    /// The gateway of those who take the first one.
    public String first() {
        return dotted(network + 1);
    }

    /// The last one that a device may have.
    public String last() {
        return dotted((network | ~(prefix == 0 ? 0 : -1 << (32 - prefix))) - 1);
    }

    private static String dotted(int address) {
        return ((address >>> 24) & 0xff) + "." + ((address >>> 16) & 0xff) + "." + ((address >>> 8) & 0xff) + "."
                + (address & 0xff);
    }

    @Override
    public String toString() {
        return dotted(network) + "/" + prefix;
    }
}
