package dev.coracle.layers;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/// The ways an archive writes numbers: octal digits, big-endian binary with the first bit set
/// (GNU), and decimal text in PAX records.
final class TarNumbers {
    private static final int LONGEST_DECIMAL = 40;
    private static final long EARLIEST_SECOND = -(1L << 52);
    private static final long LATEST_SECOND = 1L << 52;

    private TarNumbers() {}

    /// A number in a header field.
    static long field(byte[] block, int offset, int length, String what) throws TarException {
        return (block[offset] & 0x80) != 0 ? binary(block, offset, length, what) : octal(block, offset, length, what);
    }

    private static long binary(byte[] block, int offset, int length, String what) throws TarException {
        var bytes = Arrays.copyOfRange(block, offset, offset + length);
        var negative = (bytes[0] & 0x40) != 0;
        bytes[0] = (byte) (negative ? bytes[0] | 0x80 : bytes[0] & 0x7f);
        try {
            return new BigInteger(bytes).longValueExact();
        } catch (ArithmeticException e) {
            throw new TarException("the " + what + " in a header is too large", e);
        }
    }

    private static long octal(byte[] block, int offset, int length, String what) throws TarException {
        var at = offset;
        var end = offset + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        var value = 0L;
        for (; at < end && block[at] != ' ' && block[at] != 0; at++) {
            var digit = block[at] - '0';
            if (digit < 0 || digit > 7 || value > Long.MAX_VALUE >> 3) {
                throw new TarException("the " + what + " in a header is not an octal number");
            }
            value = (value << 3) | digit;
        }
        return value;
    }

    /// Whether a number fits into a field of octal digits with a terminator.
    static boolean fitsOctal(long value, int length) {
        return value >= 0 && value < 1L << (3 * (length - 1));
    }

    /// Writes octal digits and a terminating zero byte.
    static void putOctal(byte[] block, int offset, int length, long value) {
        if (!fitsOctal(value, length)) {
            throw new IllegalArgumentException("does not fit " + length + " octal digits: " + value);
        }
        var left = value;
        for (var at = offset + length - 2; at >= offset; at--) {
            block[at] = (byte) ('0' + (left & 7));
            left >>= 3;
        }
        block[offset + length - 1] = 0;
    }

    /// A decimal number in text, not negative.
    static long decimal(String text, String what) throws TarException {
        try {
            if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new TarException("the " + what + " \"" + shortened(text) + "\" is not a decimal number");
    }

    static long decimal(byte[] text, String what) throws TarException {
        return decimal(new String(text, StandardCharsets.ISO_8859_1), what);
    }

    /// Seconds since 1970 with any number of decimals, of which nine are kept, rounded towards
    /// the past.
    static Instant time(byte[] value) throws TarException {
        var text = new String(value, StandardCharsets.ISO_8859_1);
        if (text.length() > LONGEST_DECIMAL || !text.matches("-?[0-9]+(\\.[0-9]*)?")) {
            throw new TarException("the time \"" + shortened(text) + "\" is not a number of seconds");
        }
        var negative = text.startsWith("-");
        var digits = negative ? text.substring(1) : text;
        var dot = digits.indexOf('.');
        var seconds = new BigInteger(dot < 0 ? digits : digits.substring(0, dot));
        var decimals = dot < 0 ? "" : digits.substring(dot + 1);
        var nanos = Long.parseLong((decimals + "000000000").substring(0, 9));
        if (seconds.bitLength() > 52) {
            throw new TarException("the time \"" + shortened(text) + "\" is out of range");
        }
        return negative
                ? Instant.ofEpochSecond(-seconds.longValueExact(), -nanos)
                : Instant.ofEpochSecond(seconds.longValueExact(), nanos);
    }

    /// Whole seconds of a header.
    static Instant seconds(long value) throws TarException {
        if (value < EARLIEST_SECOND || value > LATEST_SECOND) {
            throw new TarException("the time " + value + " is out of range");
        }
        return Instant.ofEpochSecond(value);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_DECIMAL ? text : text.substring(0, LONGEST_DECIMAL) + "...";
    }
}
