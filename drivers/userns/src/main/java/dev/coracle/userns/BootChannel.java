package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.userns.BootMessage.Begin;
import dev.coracle.userns.BootMessage.ChildPlan;
import dev.coracle.userns.BootMessage.Failed;
import dev.coracle.userns.BootMessage.Go;
import dev.coracle.userns.BootMessage.Hello;
import dev.coracle.userns.BootMessage.Ids;
import dev.coracle.userns.BootMessage.IdsMapped;
import dev.coracle.userns.BootMessage.NamespacesReady;
import dev.coracle.userns.BootMessage.Network;
import dev.coracle.userns.BootMessage.NetworkReady;
import dev.coracle.userns.BootMessage.Ready;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One end of the pipes between the halves. A message is one byte for its kind and then its fields.
public final class BootChannel implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 24;

    private final Fd reader;
    private final Fd writer;
    private final DataInputStream input;

    public BootChannel(Fd reader, Fd writer) {
        this.reader = reader;
        this.writer = writer;
        this.input = new DataInputStream(new BufferedInputStream(reader.input(), 1 << 10));
    }

    public void send(BootMessage message) throws IOException {
        var out = new BootOutput();
        out.letter(message.letter());
        message.write(out);
        writer.write(out.bytes());
    }

    /// The next message; empty when the other side has ended or has become another program.
    public Optional<BootMessage> receive() throws IOException {
        var kind = input.read();
        if (kind < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(kind));
        } catch (EOFException cut) {
            return Optional.empty();
        }
    }

    private BootMessage read(int kind) throws IOException {
        return switch (kind) {
            case 'H' -> new Hello((int) input.readLong(), input.readLong());
            case 'B' -> new Begin(readPlan());
            case 'I' -> new IdsMapped();
            case 'N' -> new NamespacesReady();
            case 'W' -> new NetworkReady();
            case 'R' -> new Ready(texts());
            case 'G' -> new Go();
            case 'F' -> new Failed(text(), texts().stream().findFirst());
            default -> throw new IOException("unexpected message of kind " + kind + " between parent and child");
        };
    }

    private ChildPlan readPlan() throws IOException {
        return new ChildPlan(
                Network.valueOf(text()),
                texts().stream().findFirst().map(Path::of),
                text(),
                texts().stream().map(Path::of).toList(),
                input.readBoolean(),
                input.readBoolean(),
                texts(),
                Path.of(text()),
                text(),
                new Ids(input.readLong(), input.readLong()),
                (int) input.readLong(),
                texts());
    }

    private String text() throws IOException {
        return new String(input.readNBytes(length()), StandardCharsets.UTF_8);
    }

    private List<String> texts() throws IOException {
        var texts = new ArrayList<String>();
        for (var left = length(); left > 0; left--) {
            texts.add(text());
        }
        return List.copyOf(texts);
    }

    private int length() throws IOException {
        var length = input.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("unexpected length " + length + " between parent and child");
        }
        return length;
    }

    /// Readable at its end once the other side is gone.
    public Fd reader() {
        return reader;
    }

    /// Says nothing more; the other side reads the end.
    public void closeWriter() {
        writer.close();
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }
}
