package dev.coracle.layers;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Gzip with any number of members (RFC 1952). The JDK's own stream takes what follows the first
/// member for garbage whenever its source has nothing available at that moment, and never says
/// so.
final class GzipInput extends InputStream {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int LARGEST_TEXT = 1 << 16;

    private final InputStream source;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] input = new byte[1 << 16];
    private int at;
    private int end;
    private boolean inMember;
    private boolean ended;

    GzipInput(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (!ended) {
                if (!inMember) {
                    startMember();
                    continue;
                }
                var count = inflater.inflate(buffer, offset, length);
                if (count > 0) {
                    crc.update(buffer, offset, count);
                    return count;
                }
                if (inflater.finished()) {
                    endMember();
                } else if (inflater.needsDictionary()) {
                    throw new TarException("the gzip stream asks for a dictionary");
                } else {
                    moreInput();
                }
            }
            return -1;
        } catch (DataFormatException e) {
            throw new TarException("the gzip stream is damaged: " + e.getMessage(), e);
        }
    }

    private void moreInput() throws IOException {
        if (!fill()) {
            throw truncated();
        }
        inflater.setInput(input, at, end - at);
        at = end;
    }

    /// Reads the header of the next member, or finds that there is none.
    private void startMember() throws IOException {
        if (at == end && !fill()) {
            ended = true;
            return;
        }
        if (octet() != 0x1f || octet() != 0x8b || octet() != 8) {
            throw new TarException("the gzip stream has something else where a member should start");
        }
        var flags = octet();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(octet() | (octet() << 8));
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        inflater.setInput(input, at, end - at);
        at = end;
        crc.reset();
        inMember = true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        var length = inflater.getBytesWritten();
        if (number() != crc.getValue()) {
            throw new TarException("the gzip stream is damaged: its checksum is wrong");
        }
        if (number() != (length & 0xffffffffL)) {
            throw new TarException("the gzip stream is damaged: its length is wrong");
        }
        inMember = false;
    }

    private long number() throws IOException {
        return octet() | (octet() << 8) | (octet() << 16) | ((long) octet() << 24);
    }

    private void skip(int count) throws IOException {
        for (var i = 0; i < count; i++) {
            octet();
        }
    }

    private void skipText() throws IOException {
        for (var i = 0; octet() != 0; i++) {
            if (i == LARGEST_TEXT) {
                throw new TarException("the gzip stream has a name that does not end");
            }
        }
    }

    private int octet() throws IOException {
        if (at == end && !fill()) {
            throw truncated();
        }
        return input[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        var count = source.read(input, 0, input.length);
        at = 0;
        end = Math.max(0, count);
        return count > 0;
    }

    private static TarException truncated() {
        return new TarException("the gzip stream is cut off");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        source.close();
    }
}
