package dev.coracle.userns;

import dev.coracle.processes.Running;
import dev.coracle.userns.NetworkDriver.Addresses;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A program outside and [ChildNetwork] inside: when either ends the network is gone.
record FrameConnection(Optional<Running> program, InnerNetwork inner, Addresses told)
        implements NetworkDriver.Connection {
    /// Takes over both; they end if this fails.
    static FrameConnection begin(Running program, InnerNetwork inner) throws IOException {
        try {
            return new FrameConnection(Optional.of(program), inner, inner.begin());
        } catch (IOException | RuntimeException failure) {
            inner.close();
            program.close();
            throw failure;
        }
    }

    @Override
    public Optional<Addresses> addresses() {
        return Optional.of(told);
    }

    @Override
    public void onEnd(Runnable then) {
        var isSaid = new AtomicBoolean();
        Runnable once = () -> {
            if (isSaid.compareAndSet(false, true)) {
                then.run();
            }
        };
        program.ifPresent(running -> running.onEnd(once));
        inner.onEnd(once);
    }

    @Override
    public void close() {
        inner.close();
        program.ifPresent(Running::close);
    }
}
