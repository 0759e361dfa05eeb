package dev.coracle.layers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import dev.coracle.processes.Command;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A running stream processor: what it writes, as a stream. [#feed] has to run beside whoever reads. The stream ends
/// without a failure only when the program has ended well and its input was read to the end.
final class StreamProgram extends InputStream {
    private static final String MEDIA_TYPE = "STREAM_PROCESSOR_MEDIATYPE";
    private static final int PIECE = 1 << 17;
    private static final int PAYLOAD = 3;

    private final StreamProcessor processor;
    private final InputStream source;
    private final byte[] payload;
    private final Running running;
    private final Fd input;
    private final Fd told;
    private final Fd output;
    private final CountDownLatch fed = new CountDownLatch(1);

    private StreamProgram(
            StreamProcessor processor,
            InputStream source,
            byte[] payload,
            Running running,
            Fd input,
            Fd told,
            Fd output) {
        this.processor = processor;
        this.source = source;
        this.payload = payload;
        this.running = running;
        this.input = input;
        this.told = told;
        this.output = output;
    }

    /// @param mediaType of what the source gives
    static StreamProgram start(
            Spawner spawner,
            StreamProcessor processor,
            String mediaType,
            InputStream source,
            Optional<TypedBytes> payload)
            throws IOException, InterruptedException {
        if (!processor.program().isAbsolute()) {
            throw new FailedPrecondition("stream processor " + processor.id() + ": program " + processor.program()
                            + " is not on the path of the daemon")
                    .remedy("install it, or give its absolute path in [stream_processors]");
        }
        try (var in = Pipe.open();
                var telling = Pipe.open();
                var out = Pipe.open()) {
            var command = Command.of(processor.program(), processor.arguments())
                    .environment(processor.environment())
                    .with(MEDIA_TYPE, mediaType)
                    .fate(Command.Fate.DIES_WITH_US)
                    .with(0, in.reader())
                    .with(1, out.writer());
            if (payload.isPresent()) {
                command = command.with(PAYLOAD, telling.reader());
            }
            var running = spawner.start(command);
            try {
                return new StreamProgram(
                        processor,
                        source,
                        payload.map(StreamProgram::any).orElse(new byte[0]),
                        running,
                        in.writer().duplicate(),
                        telling.writer().duplicate(),
                        out.reader().duplicate());
            } catch (ErrnoException e) {
                running.close();
                throw e;
            }
        }
    }

    /// The wire form of a `google.protobuf.Any`: its two fields, each with its length before it.
    static byte[] any(TypedBytes payload) {
        var bytes = new ByteArrayOutputStream();
        field(bytes, 0x0a, payload.typeUrl().getBytes(StandardCharsets.UTF_8));
        field(bytes, 0x12, payload.value());
        return bytes.toByteArray();
    }

    private static void field(ByteArrayOutputStream bytes, int tag, byte[] value) {
        if (value.length == 0) {
            return;
        }
        bytes.write(tag);
        var rest = value.length;
        while (rest > 0x7f) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        bytes.writeBytes(value);
    }

    /// Gives the program the bytes of its payload; to be run on a thread of its own, since it may read them last.
    void tell() throws IOException {
        try (told) {
            told.write(payload);
        } catch (ErrnoException e) {
            ignoringClosed(e);
        }
    }

    /// Gives the program its input, and reads the source to its end also when the program does not want all of it:
    /// somebody has to check the source's digest.
    void feed() throws IOException {
        var piece = new byte[PIECE];
        try (input) {
            var isWanted = true;
            for (var count = source.read(piece); count >= 0; count = source.read(piece)) {
                if (isWanted) {
                    isWanted = give(piece, count);
                }
            }
        } finally {
            fed.countDown();
        }
    }

    private boolean give(byte[] piece, int count) throws IOException {
        try {
            input.write(piece, 0, count);
            return true;
        } catch (ErrnoException e) {
            ignoringClosed(e);
            return false;
        }
    }

    private static void ignoringClosed(ErrnoException failure) throws ErrnoException {
        if (!failure.is(Errno.EPIPE)) {
            throw failure;
        }
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
        var count = output.read(buffer, offset, length);
        if (count > 0) {
            return count;
        }
        requireEnd();
        return -1;
    }

    private void requireEnd() throws IOException {
        try {
            var end = running.collect();
            if (!end.isSuccess()) {
                var words = end.errorTail().strip();
                throw new FailedPrecondition("stream processor " + processor.id() + ": " + processor.program() + ": "
                        + end.status().sentence() + (words.isEmpty() ? "" : ": " + words));
            }
            fed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while stream processor " + processor.id() + " ended");
        }
    }

    /// Ends the program if it still runs.
    @Override
    public void close() {
        running.close();
        output.close();
    }
}
