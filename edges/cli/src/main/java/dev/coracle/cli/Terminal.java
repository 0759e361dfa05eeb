package dev.coracle.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/// The client's three standard streams and what a person does at its terminal. Whoever calls
/// [Cli#run] implements this; the command line closes none of it.
public interface Terminal {
    /// What the client reads. A blocked read ends with an [java.io.InterruptedIOException] when the
    /// reading thread is interrupted, so that nothing is taken from the person after the command.
    InputStream in();

    /// Unbuffered: every write reaches the client.
    OutputStream out();

    /// Unbuffered: every write reaches the client.
    OutputStream err();

    /// Whether the stream is a terminal of the client's.
    boolean isTerminal(Stream stream);

    /// The window's size as it is now; [Size#UNKNOWN] without a terminal.
    Size size();

    /// Puts the terminal behind [#in] into raw mode until the result is closed (twice does no harm);
    /// does nothing without a terminal.
    Raw raw();

    /// Passes the client's signals to `receiver`, by their names without `SIG` (`INT`, `TERM`,
    /// `WINCH`, `USR1`, ...), from a thread of the caller's, until the result is closed. Without a
    /// receiver `INT`, `TERM`, `HUP` and `QUIT` interrupt the thread in [Cli#run] and the rest does
    /// nothing. A new window size is the signal `WINCH`: ask [#size] then.
    ///
    /// A client that is gone interrupts the thread in any case.
    Receiving signals(Consumer<String> receiver);

    /// One of the three streams.
    enum Stream {
        IN,
        OUT,
        ERR
    }

    /// A window's size in characters.
    record Size(int columns, int rows) {
        public static final Size UNKNOWN = new Size(0, 0);

        public boolean known() {
            return columns > 0 && rows > 0;
        }
    }

    /// Raw mode, in force.
    interface Raw extends AutoCloseable {
        @Override
        void close();
    }

    /// Signals are being received.
    interface Receiving extends AutoCloseable {
        @Override
        void close();
    }
}
