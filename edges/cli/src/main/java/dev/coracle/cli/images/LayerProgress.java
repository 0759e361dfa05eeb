package dev.coracle.cli.images;

import dev.coracle.base.Digest;
import dev.coracle.cli.Output;
import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.view.Units;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A line for each layer: on a terminal with a bar, drawn again in its place; elsewhere one line
/// for each new state. Told by many threads.
final class LayerProgress implements AutoCloseable {
    private static final int BAR = 50;
    private static final int SHORT_ID = 12;
    private static final long BETWEEN_DRAWINGS = 100_000_000;

    private final Output out;
    private final boolean live;
    private final int columns;
    private final List<String> order = new ArrayList<>();
    private final Map<String, Row> rows = new HashMap<>();

    private static final class Row {
        String state = "";
        long total;
        long drawnAt = Long.MIN_VALUE;
    }

    private LayerProgress(Output out, boolean live, int columns) {
        this.out = out;
        this.live = live;
        this.columns = columns;
    }

    /// Lines on a stream of the client's, live when it is a terminal.
    static LayerProgress on(Session session, Output to) {
        var stream = to.equals(session.err()) ? Terminal.Stream.ERR : Terminal.Stream.OUT;
        return new LayerProgress(
                to,
                session.terminal().isTerminal(stream),
                session.terminal().size().columns());
    }

    /// A layer that is going to be spoken of.
    synchronized void add(Digest layer, long size, String state) {
        var id = id(layer);
        if (!rows.containsKey(id)) {
            var row = new Row();
            row.total = size;
            rows.put(id, row);
            order.add(id);
            if (live) {
                out.line("");
            }
        }
        state(layer, state);
    }

    /// A layer's new state.
    synchronized void state(Digest layer, String state) {
        var row = rows.get(id(layer));
        if (row == null || row.state.equals(state)) {
            return;
        }
        row.state = state;
        draw(id(layer), state, true);
    }

    /// How much of a layer is here.
    synchronized void progress(Digest layer, String state, long done) {
        var row = rows.get(id(layer));
        if (row == null || !live) {
            return;
        }
        var now = System.nanoTime();
        if (row.drawnAt != Long.MIN_VALUE && now - row.drawnAt < BETWEEN_DRAWINGS) {
            return;
        }
        row.drawnAt = now;
        row.state = state;
        draw(id(layer), state + bar(done, row.total), false);
    }

    private void draw(String id, String text, boolean always) {
        try {
            if (live) {
                var up = order.size() - order.indexOf(id);
                out.print("\u001b[" + up + "A\r\u001b[2K" + id + ": " + text + "\r\u001b[" + up + "B");
                out.flush();
            } else if (always) {
                out.line(id + ": " + text);
                out.flush();
            }
        } catch (UncheckedIOException clientGone) {
            // the work goes on; the command ends when it prints its result
        }
    }

    private String bar(long done, long total) {
        if (total <= 0) {
            return " " + Units.size(done);
        }
        var amount = " " + Units.size(done) + "/" + Units.size(total);
        if (columns > 0 && columns < BAR + 60) {
            return amount;
        }
        var filled = Math.clamp(BAR * done / total, 0, BAR);
        var head = filled > 0 ? "=".repeat(filled - 1) + ">" : "";
        return " [" + head + " ".repeat(BAR - filled) + "]" + amount;
    }

    private static String id(Digest digest) {
        return digest.hex().substring(0, SHORT_ID);
    }

    @Override
    public synchronized void close() {
        out.flush();
    }
}
