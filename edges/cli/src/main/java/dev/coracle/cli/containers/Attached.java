package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;
import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.AttachOptions;
import dev.coracle.engine.containers.Attachment;
import dev.coracle.engine.containers.Streams;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;

/// A person's terminal and a process, connected until one of them has enough.
///
/// @param tty whether the process has a terminal
/// @param passesSignals whether the client's signals go to the process
/// @param detachKeys empty: the usual ones
record Attached(
        boolean tty,
        boolean stdin,
        boolean stdout,
        boolean stderr,
        boolean replay,
        boolean passesSignals,
        String detachKeys) {
    private static final String USUAL_KEYS = "ctrl-p,ctrl-q";

    /// Refuses a terminal for a process whose input comes from none.
    void requireTerminal(Session session) {
        if (tty && stdin && !session.terminal().isTerminal(Terminal.Stream.IN)) {
            throw UsageFailure.of("the input device is not a TTY");
        }
    }

    /// Opens the connection and holds it.
    ///
    /// @return the exit status of the process; 0 after the detach keys
    int hold(Session session, Function<AttachOptions, Attachment> open) throws InterruptedException {
        return switch (end(session, open)) {
            case Attachment.End.Exited(var status) -> status;
            case Attachment.End.Detached() -> 0;
        };
    }

    /// Opens the connection and holds it until the process or the person ends it.
    Attachment.End end(Session session, Function<AttachOptions, Attachment> open) throws InterruptedException {
        var terminal = session.terminal();
        session.out().flush();
        session.err().flush();
        try (var _ = raw(terminal);
                var attachment = open.apply(options(terminal));
                var _ = terminal.signals(signals(session, attachment))) {
            return attachment.await();
        }
    }

    private Terminal.Raw raw(Terminal terminal) {
        return tty && stdin ? terminal.raw() : () -> {};
    }

    private AttachOptions options(Terminal terminal) {
        var size = tty ? terminal.size() : Terminal.Size.UNKNOWN;
        var streams = new Streams(
                stdin ? terminal.in() : InputStream.nullInputStream(),
                stdout ? terminal.out() : OutputStream.nullOutputStream(),
                stderr ? terminal.err() : OutputStream.nullOutputStream());
        var keys = detachKeys.isEmpty() ? USUAL_KEYS : detachKeys;
        return new AttachOptions(streams, stdin, stdout, stderr, replay, tty ? keys : "", size.columns(), size.rows());
    }

    private java.util.function.Consumer<String> signals(Session session, Attachment attachment) {
        var command = Thread.currentThread();
        return signal -> {
            try {
                switch (signal) {
                    case "WINCH" -> {
                        var size = session.terminal().size();
                        if (tty && size.known()) {
                            attachment.resize(size.columns(), size.rows());
                        }
                    }
                    case "CHLD", "PIPE", "URG" -> {}
                    default -> {
                        if (passesSignals) {
                            attachment.signal(signal);
                        } else {
                            command.interrupt();
                        }
                    }
                }
            } catch (EngineException ended) {
                // there is no process any more that could get it
            }
        };
    }
}
