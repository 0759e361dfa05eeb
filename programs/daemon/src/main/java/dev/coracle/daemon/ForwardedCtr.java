package dev.coracle.daemon;

import dev.coracle.base.Platform;
import dev.coracle.commands.Connections;
import dev.coracle.commands.CtrMain;
import dev.coracle.commands.Environment;
import dev.coracle.commands.Signals;
import dev.coracle.commands.Terminal;
import dev.coracle.commands.Window;
import dev.coracle.forwarding.Call;
import dev.coracle.forwarding.ForwardedProgram;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `ctr` in this daemon: the same commands with the client's streams, directory and variables, and one
/// connection that is open already.
final class ForwardedCtr implements ForwardedProgram {
    private final Connections connections;
    private final String architecture;

    ForwardedCtr(Connections connections, String architecture) {
        this.connections = connections;
        this.architecture = architecture;
    }

    @Override
    public int run(Call call) {
        var request = call.request();
        var environment = new Environment(request.environment(), request.directory(), Platform.linux(architecture));
        var terminal = new Terminal(call.in(), call.out(), call.err(), new ClientsWindow(call));
        return CtrMain.run(request.arguments(), environment, terminal, new ClientsSignals(call), connections);
    }

    private record ClientsWindow(Call call) implements Window {
        @Override
        public boolean isTerminal(int descriptor) {
            return call.isTerminal(descriptor);
        }

        @Override
        public Fd descriptor(int number) {
            return call.descriptor(number);
        }

        @Override
        public Mode raw() throws ErrnoException {
            return call.raw()::close;
        }

        @Override
        public Mode hidden() throws ErrnoException {
            return call.hidden()::close;
        }

        @Override
        public Optional<Size> size() {
            return call.size().map(size -> new Size(size.columns(), size.rows()));
        }
    }

    private static final class ClientsSignals implements Signals {
        private final Call call;
        private Call.@Nullable Receiving receiving;

        ClientsSignals(Call call) {
            this.call = call;
        }

        @Override
        public boolean stopped() {
            return call.isAsked();
        }

        @Override
        public void forward(Consumer<String> to) {
            receiving = call.receive(signal -> to.accept(signal.name().replaceFirst("^SIG", "")));
        }

        @Override
        public void keep() {
            if (receiving != null) {
                receiving.close();
            }
        }
    }
}
