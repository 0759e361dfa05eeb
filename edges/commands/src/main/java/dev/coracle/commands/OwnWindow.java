package dev.coracle.commands;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Terminals;
import java.util.Optional;

/// The terminal that this process was started on.
final class OwnWindow implements Window {
    @Override
    public boolean isTerminal(int descriptor) {
        return Terminals.isTerminal(Fd.adopt(descriptor));
    }

    @Override
    public Fd descriptor(int number) {
        return Fd.adopt(number);
    }

    @Override
    public Mode raw() throws ErrnoException {
        return mode(Terminals.makeRaw(Fd.adopt(0)));
    }

    @Override
    public Mode hidden() throws ErrnoException {
        return mode(Terminals.hideInput(Fd.adopt(0)));
    }

    private static Mode mode(Terminals.Settings before) {
        return () -> {
            try {
                Terminals.restore(Fd.adopt(0), before);
            } catch (ErrnoException terminalGone) {
                // nothing to put back
            }
        };
    }

    @Override
    public Optional<Size> size() {
        try {
            var size = Terminals.size(Fd.adopt(0));
            return Optional.of(new Size(size.columns(), size.rows()));
        } catch (ErrnoException terminalGone) {
            return Optional.empty();
        }
    }
}
