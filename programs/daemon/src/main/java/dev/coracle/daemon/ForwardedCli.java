package dev.coracle.daemon;

import dev.coracle.cli.Cli;
import dev.coracle.cli.Invocation;
import dev.coracle.cli.Terminal;
import dev.coracle.forwarding.Call;
import dev.coracle.forwarding.ForwardedProgram;
import dev.coracle.linux.ErrnoException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// `coracle` and `nerdctl` in this daemon.
final class ForwardedCli implements ForwardedProgram {
    private final Supplier<Cli> cli;

    /// @param cli asked for at every command
    ForwardedCli(Supplier<Cli> cli) {
        this.cli = cli;
    }

    @Override
    public int run(Call call) {
        var request = call.request();
        return cli.get()
                .run(new Invocation(
                        request.program(),
                        request.arguments(),
                        request.environment(),
                        request.directory(),
                        new ClientsTerminal(call)));
    }

    private record ClientsTerminal(Call call) implements Terminal {
        @Override
        public InputStream in() {
            return call.in();
        }

        @Override
        public OutputStream out() {
            return call.out();
        }

        @Override
        public OutputStream err() {
            return call.err();
        }

        @Override
        public boolean isTerminal(Stream stream) {
            return call.isTerminal(
                    switch (stream) {
                        case IN -> 0;
                        case OUT -> 1;
                        case ERR -> 2;
                    });
        }

        @Override
        public Size size() {
            return call.size()
                    .map(size -> new Size(size.columns(), size.rows()))
                    .orElse(Size.UNKNOWN);
        }

        @Override
        public Raw raw() {
            try {
                return call.raw()::close;
            } catch (ErrnoException terminalGone) {
                return () -> {};
            }
        }

        @Override
        public Receiving signals(Consumer<String> receiver) {
            return call.receive(signal -> receiver.accept(signal.name().replaceFirst("^SIG", "")))::close;
        }
    }
}
