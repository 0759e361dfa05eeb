package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.Window;
import dev.coracle.commands.line.UsageFailure;
import java.io.IOException;
import java.util.function.BiConsumer;

/// The person's terminal in raw mode, put back by closing.
final class Console implements AutoCloseable {
    private final Window window;
    private final Window.Mode raw;

    private Console(Window window, Window.Mode raw) {
        this.window = window;
        this.raw = raw;
    }

    /// @throws UsageFailure when standard input is no terminal
    static Console raw(Session session) throws IOException {
        var window = session.terminal().window();
        if (!window.isTerminal(0)) {
            throw UsageFailure.of("provided file is not a console: -t needs a terminal on standard input");
        }
        return new Console(window, window.raw());
    }

    /// Tells the size of the window.
    void size(BiConsumer<Integer, Integer> columnsAndRows) {
        window.size().ifPresent(size -> columnsAndRows.accept(size.columns(), size.rows()));
    }

    @Override
    public void close() {
        raw.close();
    }
}
