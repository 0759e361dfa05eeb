package dev.coracle.core.networks;

import dev.coracle.base.EngineException.InvalidArgument;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;

/// A range of addresses of one family: `10.4.0.0/24`, `fd00::/64`. Host bits are cut off.
public final class Cidr {
    private final BigInteger first;
    private final int prefix;
    private final int width;

    private Cidr(BigInteger first, int prefix, int width) {
        this.first = first;
        this.prefix = prefix;
        this.width = width;
    }

    /// @throws InvalidArgument when it is not an address, a slash and a prefix length
    public static Cidr parse(String text) {
        var slash = text.indexOf('/');
        if (slash < 0) {
            throw new InvalidArgument("subnet " + quoted(text) + " is not like 10.4.1.0/24");
        }
        var bytes = address(text.substring(0, slash)).getAddress();
        var length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > bytes.length * 8) {
            throw new InvalidArgument("subnet " + quoted(text) + " has no prefix length between 0 and "
                    + bytes.length * 8 + " behind its slash");
        }
        return of(bytes, Integer.parseInt(length));
    }

    public static Cidr of(InetAddress address, int prefix) {
        return of(address.getAddress(), prefix);
    }

    private static Cidr of(byte[] bytes, int prefix) {
        var width = bytes.length * 8;
        var low = width - prefix;
        return new Cidr(new BigInteger(1, bytes).shiftRight(low).shiftLeft(low), prefix, width);
    }

    /// An address written in digits; no name is ever looked up.
    ///
    /// @throws InvalidArgument when it is none
    public static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument(quoted(text) + " is not an IP address", e);
        }
    }

    /// An address in its shortest form (RFC 5952): `::1`, not `0:0:0:0:0:0:0:1`.
    public static String text(InetAddress address) {
        var bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        var words = new ArrayList<String>();
        for (var i = 0; i < bytes.length; i += 2) {
            words.add(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)));
        }
        var start = -1;
        var longest = 1;
        for (var i = 0; i < words.size(); i++) {
            var end = i;
            while (end < words.size() && words.get(end).equals("0")) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        return start < 0
                ? String.join(":", words)
                : String.join(":", words.subList(0, start)) + "::"
                        + String.join(":", words.subList(start + longest, words.size()));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    public boolean isIpv6() {
        return width == 128;
    }

    public int prefix() {
        return prefix;
    }

    public boolean contains(InetAddress address) {
        return address.getAddress().length * 8 == width
                && of(address.getAddress(), prefix).first.equals(first);
    }

    public boolean contains(Cidr other) {
        return width == other.width && prefix <= other.prefix && contains(other.at(0));
    }

    public boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    /// How many addresses there are, at most `Long.MAX_VALUE`.
    public long size() {
        return width - prefix >= 63 ? Long.MAX_VALUE : 1L << (width - prefix);
    }

    /// The address that many places behind the first.
    public InetAddress at(long offset) {
        if (offset < 0 || offset >= size()) {
            throw new IllegalArgumentException("no address " + offset + " in " + this);
        }
        var number = first.add(BigInteger.valueOf(offset)).toByteArray();
        var bytes = new byte[width / 8];
        for (int to = bytes.length - 1, from = number.length - 1; to >= 0 && from >= 0; to--, from--) {
            bytes[to] = number[from];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    /// How many places behind the first an address of this range is.
    public long offset(InetAddress address) {
        if (!contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + this);
        }
        return new BigInteger(1, address.getAddress())
                .subtract(first)
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    /// May a host have it: not the network's own address, nor the one for all hosts?
    public boolean isUsable(InetAddress address) {
        if (!contains(address)) {
            return false;
        }
        var offset = offset(address);
        return width - prefix < 2 || (offset != 0 && (isIpv6() || offset != size() - 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.first.equals(first) && cidr.prefix == prefix && cidr.width == width;
    }

    @Override
    public int hashCode() {
        return 31 * first.hashCode() + prefix;
    }

    @Override
    public String toString() {
        return text(at(0)) + "/" + prefix;
    }
}
