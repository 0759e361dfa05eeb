package dev.coracle.metadata;

import dev.coracle.metadata.References.Node;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who keeps whom in one namespace: a pure mark phase. What a flat lease lists is kept without
/// its references, except that a snapshot never stands without its parents and an image never
/// without its target.
final class Graph {
    private record Visit(Node node, boolean flat) {}

    private final Map<Node, List<Node>> references = new HashMap<>();
    private final Map<Node, List<Node>> foundations = new HashMap<>();
    private final Map<Node, List<UsedAt>> conditions = new HashMap<>();
    private final Map<Node, Instant> used = new HashMap<>();
    private final ArrayDeque<Visit> pending = new ArrayDeque<>();
    private final Set<Node> marked = new HashSet<>();
    private final Set<Node> markedFlat = new HashSet<>();

    /// Something that exists, and its labels.
    void add(Node node, Map<String, String> labels) {
        for (var kept : References.kept(labels)) {
            refer(node, kept);
        }
        for (var keeper : References.keepers(labels)) {
            refer(keeper, node);
        }
        var conditional = UsedAt.of(labels);
        if (!conditional.isEmpty()) {
            conditions.put(node, conditional);
        }
        UsedAt.time(labels).ifPresent(time -> used.put(node, time));
    }

    void refer(Node from, Node to) {
        references.computeIfAbsent(from, _ -> new ArrayList<>()).add(to);
    }

    /// A reference that counts for flat leases too.
    void found(Node from, Node upon) {
        foundations.computeIfAbsent(from, _ -> new ArrayList<>()).add(upon);
    }

    void root(Node node) {
        pending.add(new Visit(node, false));
    }

    void flatRoot(Node node) {
        pending.add(new Visit(node, true));
    }

    /// Follows everything from the roots.
    void mark(Instant now) {
        conditions.forEach((node, all) -> all.forEach(condition -> {
            var time = used.get(condition.snapshot());
            if (time != null && condition.holds(time, now)) {
                refer(node, condition.snapshot());
            }
        }));
        for (var visit = pending.poll(); visit != null; visit = pending.poll()) {
            var isNew = visit.flat()
                    ? !marked.contains(visit.node()) && markedFlat.add(visit.node())
                    : marked.add(visit.node());
            if (isNew) {
                var flat = visit.flat();
                foundations.getOrDefault(visit.node(), List.of()).forEach(to -> pending.add(new Visit(to, flat)));
                if (!flat) {
                    references.getOrDefault(visit.node(), List.of()).forEach(to -> pending.add(new Visit(to, false)));
                }
            }
        }
    }

    boolean isKept(Node node) {
        return marked.contains(node) || markedFlat.contains(node);
    }
}
