package dev.coracle.commands.ctr;

import dev.coracle.commands.Terminal;
import dev.coracle.commands.line.Units;
import dev.coracle.containerd.api.types.transfer.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Shows what the daemon tells of a transfer, as a tree in containerd's shape: on a terminal drawn
/// anew ten times a second, elsewhere once, at the end.
final class TransferView implements AutoCloseable {
    private static final int BAR = 40;
    private static final long FRAME_NANOS = 100_000_000;
    private static final int SHORT = "sha256:".length() + 12;

    private final Terminal terminal;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private String status = "";
    private int drawn;
    private long drawnAt;

    /// What has a name, with what belongs to it.
    private static final class Node {
        private Progress last = Progress.getDefaultInstance();
        private boolean root = true;
        private final List<Node> children = new ArrayList<>();
    }

    TransferView(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The daemon tells something.
    synchronized void told(Progress progress) {
        if (progress.getName().isEmpty()) {
            status = progress.getEvent();
            return;
        }
        var node = nodes.computeIfAbsent(progress.getName(), _ -> new Node());
        node.last = progress;
        for (var name : progress.getParentsList()) {
            var parent = nodes.get(name);
            if (parent != null && parent != node && !parent.children.contains(node)) {
                parent.children.add(node);
                node.root = false;
            }
        }
        if (terminal.interactive() && System.nanoTime() - drawnAt > FRAME_NANOS) {
            draw();
        }
    }

    private void draw() {
        var text = new StringBuilder();
        var roots = nodes.values().stream().filter(node -> node.root).toList();
        roots.forEach(root -> show(text, root, "", ""));
        roots.stream()
                .flatMap(TransferView::content)
                .forEach(progress -> text.append(progress.getDesc().getMediaType())
                        .append(' ')
                        .append(progress.getDesc().getDigest())
                        .append('\n'));
        var seconds = (System.nanoTime() - start) / 1e9;
        var total = nodes.values().stream()
                .mapToLong(node -> node.last.getProgress())
                .sum();
        text.append(String.format(
                Locale.ROOT,
                "%s\telapsed: %-4.1fs\ttotal: %7s\t(%s/s)\t\n",
                status,
                seconds,
                Units.bytes(total),
                Units.bytes((long) (total / Math.max(seconds, 0.001)))));
        // up to the first line of the last frame, and clear from there
        terminal.out().print((drawn > 0 ? "\033[" + drawn + "A\033[J" : "") + text);
        terminal.flush();
        drawn = (int) text.chars().filter(letter -> letter == '\n').count();
        drawnAt = System.nanoTime();
    }

    /// The first content that a tree names.
    private static Stream<Progress> content(Node node) {
        return Stream.concat(
                        Stream.of(node.last).filter(Progress::hasDesc),
                        node.children.stream().flatMap(TransferView::content))
                .limit(1);
    }

    private static void show(StringBuilder text, Node node, String prefix, String below) {
        text.append(row(prefix + label(node.last.getName()), node.last)).append('\n');
        for (var child : node.children) {
            var last = child == node.children.getLast();
            show(text, child, below + (last ? "└──" : "├──"), below + (last ? "   " : "│  "));
        }
    }

    private static String row(String name, Progress progress) {
        var event = progress.getEvent();
        var head = String.format(Locale.ROOT, "%-40.40s\t", name);
        return switch (event) {
            case "downloading", "uploading", "extracting" ->
                head
                        + String.format(
                                Locale.ROOT,
                                "%-11s\t%s\t%8.8s/%s\t",
                                event,
                                bar(
                                        progress.getTotal() > 0
                                                ? (double) progress.getProgress() / progress.getTotal()
                                                : 0),
                                Units.bytes(progress.getProgress()),
                                Units.bytes(progress.getTotal()));
            case "resolving", "waiting" -> head + String.format(Locale.ROOT, "%-11s\t%s\t", event, bar(0));
            case "complete", "extracted" -> head + String.format(Locale.ROOT, "%-11s\t%s\t", event, bar(1));
            default -> head + event + "\t";
        };
    }

    private static String label(String name) {
        return Stream.of(name.split("-", -1))
                .map(part -> part.startsWith("sha256:") && part.length() > SHORT
                        ? "(" + part.substring("sha256:".length(), SHORT) + ")"
                        : part)
                .collect(Collectors.joining(" "));
    }

    private static String bar(double part) {
        var inner = BAR - 2;
        var full = (int) (Math.clamp(part, 0, 1) * inner);
        return "|" + "+".repeat(full) + "-".repeat(inner - full) + "|";
    }

    @Override
    public synchronized void close() {
        if (!nodes.isEmpty()) {
            draw();
        }
    }
}
