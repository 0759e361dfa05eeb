package dev.coracle.commands.ctr;

import dev.coracle.commands.line.UsageFailure;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Terminals;
import java.util.function.BiConsumer;

/// The person's terminal in raw mode, put back by closing.
final class Console implements AutoCloseable {
    private final Fd input;
    private final Terminals.Settings before;

    private Console(Fd input, Terminals.Settings before) {
        this.input = input;
        this.before = before;
    }

    /// @throws UsageFailure when standard input is no terminal
    static Console raw() throws ErrnoException {
        var input = Fd.adopt(0);
        if (!Terminals.isTerminal(input)) {
            throw UsageFailure.of("provided file is not a console: -t needs a terminal on standard input");
        }
        return new Console(input, Terminals.makeRaw(input));
    }

    /// Tells the size of the window.
    void size(BiConsumer<Integer, Integer> columnsAndRows) {
        try {
            var size = Terminals.size(input);
            columnsAndRows.accept(size.columns(), size.rows());
        } catch (ErrnoException terminalGone) {
            // there is nothing to resize to
        }
    }

    @Override
    public void close() {
        try {
            Terminals.restore(input, before);
        } catch (ErrnoException terminalGone) {
            // nothing to put back
        }
    }
}
