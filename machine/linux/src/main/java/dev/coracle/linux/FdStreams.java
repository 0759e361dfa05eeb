package dev.coracle.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Streams over a descriptor.
final class FdStreams {
    private FdStreams() {}

    static final class Input extends InputStream {
        private final Fd fd;

        Input(Fd fd) {
            this.fd = fd;
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
            var count = fd.read(buffer, offset, length);
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() {
            fd.close();
        }
    }

    static final class Output extends OutputStream {
        private final Fd fd;

        Output(Fd fd) {
            this.fd = fd;
        }

        @Override
        public void write(int one) throws IOException {
            fd.write(new byte[] {(byte) one});
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            fd.write(buffer, offset, length);
        }

        @Override
        public void close() {
            fd.close();
        }
    }
}
