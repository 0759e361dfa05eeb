package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.userns.BootMessage.Begin;
import dev.coracle.userns.BootMessage.ChildPlan;
import dev.coracle.userns.BootMessage.Failed;
import dev.coracle.userns.BootMessage.Go;
import dev.coracle.userns.BootMessage.Hello;
import dev.coracle.userns.BootMessage.IdsMapped;
import dev.coracle.userns.BootMessage.NamespacesReady;
import dev.coracle.userns.BootMessage.Network;
import dev.coracle.userns.BootMessage.NetworkReady;
import dev.coracle.userns.BootMessage.Ready;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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
        this.input = new DataInputStream(new BufferedInputStream(reader.input()));
    }

    public void send(BootMessage message) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, message);
        }
        writer.write(bytes.toByteArray());
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

    private static void write(DataOutputStream out, BootMessage message) throws IOException {
        switch (message) {
            case Hello(var version, var pid) -> {
                out.writeByte('H');
                out.writeInt(version);
                out.writeLong(pid);
            }
            case Begin(var plan) -> {
                out.writeByte('B');
                write(out, plan);
            }
            case IdsMapped() -> out.writeByte('I');
            case NamespacesReady() -> out.writeByte('N');
            case NetworkReady() -> out.writeByte('W');
            case Ready(var warnings) -> {
                out.writeByte('R');
                write(out, warnings);
            }
            case Go() -> out.writeByte('G');
            case Failed(var reason, var remedy) -> {
                out.writeByte('F');
                write(out, List.of(reason));
                write(out, remedy.stream().toList());
            }
        }
    }

    private static void write(DataOutputStream out, ChildPlan plan) throws IOException {
        write(out, List.of(plan.network().name()));
        write(out, plan.detachedNetwork().map(Path::toString).stream().toList());
        write(out, List.of(plan.propagation()));
        write(out, plan.copyUp().stream().map(Path::toString).toList());
        out.writeBoolean(plan.newPidNamespace());
        out.writeBoolean(plan.freshCgroups());
        write(out, plan.dns());
        write(out, List.of(plan.state().toString(), plan.hostName()));
        out.writeInt(plan.inheritedSockets());
        write(out, plan.command());
    }

    private static void write(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private BootMessage read(int kind) throws IOException {
        return switch (kind) {
            case 'H' -> new Hello(input.readInt(), input.readLong());
            case 'B' -> new Begin(readPlan());
            case 'I' -> new IdsMapped();
            case 'N' -> new NamespacesReady();
            case 'W' -> new NetworkReady();
            case 'R' -> new Ready(texts());
            case 'G' -> new Go();
            case 'F' -> new Failed(texts().getFirst(), texts().stream().findFirst());
            default -> throw new IOException("unexpected message of kind " + kind + " between parent and child");
        };
    }

    private ChildPlan readPlan() throws IOException {
        var network = Network.valueOf(texts().getFirst());
        var detached = texts().stream().findFirst().map(Path::of);
        var propagation = texts().getFirst();
        var copyUp = texts().stream().map(Path::of).toList();
        var newPidNamespace = input.readBoolean();
        var freshCgroups = input.readBoolean();
        var dns = texts();
        var stateAndHost = texts();
        return new ChildPlan(
                network,
                detached,
                propagation,
                copyUp,
                newPidNamespace,
                freshCgroups,
                dns,
                Path.of(stateAndHost.get(0)),
                stateAndHost.get(1),
                input.readInt(),
                texts());
    }

    private List<String> texts() throws IOException {
        var texts = new ArrayList<String>();
        for (var left = length(); left > 0; left--) {
            texts.add(new String(input.readNBytes(length()), StandardCharsets.UTF_8));
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
