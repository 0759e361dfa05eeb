package dev.coracle.commands.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.coracle.base.EngineException;
import dev.coracle.containerd.api.transfer.TransferGrpc;
import dev.coracle.containerd.api.transfer.TransferOptions;
import dev.coracle.containerd.api.transfer.TransferRequest;
import dev.coracle.containerd.api.types.transfer.AuthRequest;
import dev.coracle.containerd.api.types.transfer.AuthResponse;
import dev.coracle.containerd.api.types.transfer.AuthType;
import dev.coracle.containerd.api.types.transfer.Data;
import dev.coracle.containerd.api.types.transfer.Progress;
import dev.coracle.containerd.api.types.transfer.WindowUpdate;
import dev.coracle.core.registry.Login;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One transfer that the daemon carries out. What it needs of this side is offered over streams
/// before it begins: bytes, credentials, an ear for progress. Each offer returns the stream's name.
public final class Transfers implements AutoCloseable {
    private static final int PIECE = 32 << 10;
    private static final int WINDOW = 64 << 10;
    private static final long LAST_WORDS_MILLIS = 2_000;

    private final Connection connection;
    private final List<SideStream> streams = new ArrayList<>();
    private final List<Thread> outputs = new ArrayList<>();
    private final List<Thread> ears = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicInteger writing = new AtomicInteger();
    private final AtomicReference<Optional<IOException>> failure = new AtomicReference<>(Optional.empty());

    public Transfers(Connection connection) {
        this.connection = connection;
    }

    @FunctionalInterface
    private interface Talk {
        void with(SideStream stream) throws IOException, InterruptedException;
    }

    private SideStream stream() throws InterruptedException {
        var stream = SideStream.open(connection);
        streams.add(stream);
        return stream;
    }

    private Thread talk(String name, SideStream stream, Talk talk) {
        return Thread.ofVirtual().name("transfer-" + name).start(() -> {
            try {
                talk.with(stream);
            } catch (IOException e) {
                failure.compareAndSet(Optional.empty(), Optional.of(e));
                stream.close();
            } catch (InterruptedException e) {
                stream.close();
            }
        });
    }

    /// Answers the daemon's questions for credentials about this reference.
    public String credentials(String reference, Login login) throws InterruptedException {
        var stream = stream();
        talk("credentials", stream, asked -> {
            for (var question = asked.receive(); question.isPresent(); question = asked.receive()) {
                var mine = AuthRequest.parseFrom(question.get().getValue())
                        .getReference()
                        .equals(reference);
                asked.send(Wires.any(answer(mine ? login : Login.ANONYMOUS)));
            }
        });
        return stream.id();
    }

    private static AuthResponse answer(Login login) {
        var type = !login.user().isEmpty()
                ? AuthType.CREDENTIALS
                : login.secret().isEmpty() ? AuthType.NONE : AuthType.REFRESH;
        return AuthResponse.newBuilder()
                .setAuthType(type)
                .setUsername(login.user())
                .setSecret(login.secret())
                .build();
    }

    /// Gives the daemon everything that this input has.
    public String bytesOf(InputStream input) throws InterruptedException {
        var stream = stream();
        talk("input", stream, sink -> {
            var piece = new byte[PIECE];
            var granted = 0L;
            for (var count = input.read(piece); count >= 0; count = input.read(piece)) {
                while (granted <= 0) {
                    var grant = sink.receive();
                    if (grant.isEmpty()) {
                        return;
                    }
                    granted += WindowUpdate.parseFrom(grant.get().getValue()).getUpdate();
                }
                granted -= count;
                var data = Data.newBuilder().setData(ByteString.copyFrom(piece, 0, count));
                if (!sink.send(Wires.any(data.build()))) {
                    return;
                }
            }
            sink.finish();
        });
        return stream.id();
    }

    /// Takes from the daemon what goes to this output, until it has no more.
    public String bytesTo(OutputStream output) throws InterruptedException {
        var stream = stream();
        outputs.add(talk("output", stream, source -> copy(source, output)));
        return stream.id();
    }

    private void copy(SideStream source, OutputStream output) throws IOException, InterruptedException {
        var granted = 0L;
        while (true) {
            if (granted < WINDOW) {
                source.tell(
                        Wires.any(WindowUpdate.newBuilder().setUpdate(WINDOW).build()));
                granted += WINDOW;
            }
            var next = source.receive();
            if (next.isEmpty()) {
                return;
            }
            var data = Data.parseFrom(next.get().getValue()).getData();
            granted -= data.size();
            writing.incrementAndGet();
            try {
                data.writeTo(output);
                taken.addAndGet(data.size());
            } finally {
                writing.decrementAndGet();
            }
        }
    }

    /// Hands over what the daemon writes, as text.
    public String textTo(Consumer<String> listener) throws InterruptedException {
        var stream = stream();
        var text = new TextOutput(listener);
        ears.add(talk("text", stream, source -> copy(source, text)));
        return stream.id();
    }

    /// Waits for the end of what the daemon sends. containerd itself leaves the stream open when it
    /// is done: nothing new for a while is the end then, but not while whoever reads the output takes its time.
    private void drain(Thread output) throws InterruptedException {
        var before = -1L;
        while (output.isAlive() && (before != taken.get() || writing.get() > 0)) {
            before = taken.get();
            output.join(LAST_WORDS_MILLIS);
        }
    }

    /// Has the daemon carry it out, and returns when everything is told and taken.
    ///
    /// @throws IOException when what was offered could not be read or written here
    public void carryOut(Message source, Message destination, Consumer<Progress> listener)
            throws IOException, InterruptedException {
        var stream = stream();
        ears.add(talk("progress", stream, told -> {
            for (var next = told.receive(); next.isPresent(); next = told.receive()) {
                listener.accept(Progress.parseFrom(next.get().getValue()));
            }
        }));
        var request = TransferRequest.newBuilder()
                .setSource(Wires.any(source))
                .setDestination(Wires.any(destination))
                .setOptions(TransferOptions.newBuilder().setProgressStream(stream.id()))
                .build();
        try {
            Connection.call(() -> connection.stub(TransferGrpc::newBlockingStub).transfer(request));
            for (var output : outputs) {
                drain(output);
            }
        } catch (EngineException e) {
            var mine = failure.get();
            if (mine.isEmpty()) {
                throw e;
            }
            mine.get().addSuppressed(e);
        }
        for (var ear : ears) {
            ear.join(LAST_WORDS_MILLIS); // a daemon may leave such streams open
        }
        var mine = failure.get();
        if (mine.isPresent()) {
            throw mine.get();
        }
    }

    @Override
    public void close() {
        streams.forEach(SideStream::close);
    }
}
