package dev.coracle.commands.ctr;

import dev.coracle.commands.Terminal;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Units;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.oci.Descriptor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Shows a transfer: on a terminal a table that is drawn anew ten times a second, elsewhere one
/// plain line whenever something is done.
final class ProgressView implements TransferListener, AutoCloseable {
    private static final int BAR = 40;
    private static final long FRAME_NANOS = 100_000_000;

    private final Terminal terminal;
    private final String name;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private final Thread painter;
    private int drawn;
    private boolean resolved;
    private volatile boolean closed;

    private record Item(String status, long offset, long total) {}

    ProgressView(Terminal terminal, String name) {
        this.terminal = terminal;
        this.name = name;
        painter = Thread.ofPlatform().daemon().name("progress").unstarted(this::paint);
        if (terminal.interactive()) {
            painter.start();
        }
    }

    private void paint() {
        while (!closed) {
            draw();
            LockSupport.parkNanos(FRAME_NANOS);
        }
    }

    @Override
    public synchronized void resolved(Descriptor root) {
        resolved = true;
        plain(name, "resolved");
    }

    @Override
    public synchronized void needed(String ref, Descriptor content) {
        items.putIfAbsent(ref, new Item("waiting", 0, content.size()));
    }

    @Override
    public synchronized void progressed(String ref, long offset) {
        items.computeIfPresent(ref, (_, item) -> new Item("downloading", offset, item.total()));
    }

    @Override
    public synchronized void finished(String ref, boolean existed) {
        var status = existed ? "exists" : "done";
        items.computeIfPresent(ref, (_, item) -> new Item(status, existed ? 0 : item.total(), item.total()));
        plain(ref, status);
    }

    /// Something is being sent.
    synchronized void sending(String ref, long offset) {
        items.computeIfPresent(ref, (_, item) -> new Item("uploading", offset, item.total()));
    }

    private void plain(String what, String status) {
        if (!terminal.interactive()) {
            terminal.line(what + ": " + status);
        }
    }

    private synchronized void draw() {
        var table = Table.narrow();
        table.line(name + ":\t" + (resolved ? "resolved" : "resolving") + "\t" + bar(resolved ? 1 : 0) + "\t");
        var total = 0L;
        for (var entry : items.entrySet()) {
            var item = entry.getValue();
            total += item.offset();
            table.line(row(entry.getKey(), item));
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        table.line(String.format(
                Locale.ROOT, "elapsed: %-4.1fs\ttotal: %7s\t(%s/s)\t", seconds, Units.bytes(total), Units.bytes((long)
                        (total / Math.max(seconds, 0.001)))));
        var text = table.text();
        // up to the first line of the last frame, and clear from there
        terminal.out().print((drawn > 0 ? "\033[" + drawn + "A\033[J" : "") + text);
        terminal.flush();
        drawn = (int) text.lines().count();
    }

    private static String row(String ref, Item item) {
        return switch (item.status()) {
            case "downloading", "uploading" ->
                ref + ":\t" + item.status() + "\t" + bar(item.total() > 0 ? (double) item.offset() / item.total() : 0)
                        + "\t" + String.format("%8.8s", Units.bytes(item.offset())) + "/" + Units.bytes(item.total())
                        + "\t";
            case "waiting" -> ref + ":\t" + item.status() + "\t" + bar(0) + "\t";
            default -> ref + ":\t" + item.status() + "\t" + bar(1) + "\t";
        };
    }

    private static String bar(double part) {
        var inner = BAR - 2;
        var full = (int) Math.round(Math.clamp(part, 0, 1) * inner);
        return "|" + "+".repeat(full) + "-".repeat(inner - full) + "|";
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(painter);
        if (terminal.interactive()) {
            draw();
        }
    }
}
