package dev.coracle.proxy;

import com.google.protobuf.Empty;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.ListSnapshotsRequest;
import dev.coracle.containerd.api.snapshots.MountsRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc.SnapshotsBlockingStub;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.Usage;
import dev.coracle.core.stores.Scope;
import dev.coracle.proxy.TreeNames.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Snapshots that another program keeps. There they are called as containerd calls them, `namespace/number/key`, and
/// get the labels that it passes on.
///
/// A remote snapshotter may have a layer already, or know how to come by it while it is used. Asked to prepare one for
/// the label `containerd.io/snapshot.ref`, it commits a snapshot of its own and answers that it exists; the number
/// then stands for that one, and may share it with other numbers.
final class ProxyTrees implements SnapshotTrees {
    private static final System.Logger LOG = System.getLogger(ProxyTrees.class.getName());

    private static final String TARGET = "containerd.io/snapshot.ref";
    private static final String INHERITED = "containerd.io/snapshot/";

    /// Keeps it from the collector of a peer that has one.
    private static final String ROOT = "containerd.io/gc.root";

    /// Making and committing may fetch or copy a whole layer.
    private static final Duration LONG = Duration.ofMinutes(10);

    /// A collection waits for these, and everybody for the collection.
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final Peer peer;
    private final TreeNames names;
    private final Set<String> leaving = new HashSet<>();

    private ProxyTrees(Peer peer, TreeNames names) {
        this.peer = peer;
        this.names = names;
    }

    /// Asks the peer what it has.
    ///
    /// @throws Unavailable when it does not answer
    static ProxyTrees open(Peer peer, Path root) {
        var trees = new ProxyTrees(peer, TreeNames.open(root.resolve("names")));
        trees.settle();
        return trees;
    }

    /// Names follow what the peer made of calls that nobody waited for: a commit may or may not have happened.
    private void settle() {
        var there = listed();
        names.all().forEach((id, tree) -> {
            var isNamed = there.contains(place(tree.namespace(), tree.name()));
            var isKeyed = !tree.key().isEmpty() && there.contains(place(tree.namespace(), tree.key()));
            if (!isNamed && !isKeyed) {
                names.remove(id);
            } else if (!isNamed && !tree.name().isEmpty()) {
                names.put(id, tree.named(""));
            }
        });
        removeDoomed();
    }

    private SnapshotsBlockingStub stub(String namespace, Duration limit) {
        return peer.stub(SnapshotsGrpc::newBlockingStub, Scope.of(namespace), limit);
    }

    @Override
    public void create(long id, Kind kind, List<Long> parents) {
        create(id, kind, parents, new Naming("default", Long.toString(id), Map.of()));
    }

    @Override
    public Made create(long id, Kind kind, List<Long> parents, Naming naming) {
        var key = named(id, naming);
        var parent = parents.isEmpty() ? "" : tree(parents.getFirst()).current();
        var labels = labels(naming);
        var tree = new Tree(naming.namespace(), key, "", parents.isEmpty() ? 0 : parents.getFirst(), false);
        names.put(id, tree);
        try {
            if (kind == Kind.VIEW) {
                view(tree, parent, labels);
            } else {
                prepare(tree, parent, labels);
            }
            return Made.OPEN;
        } catch (AlreadyExists there) {
            var target = labels.getOrDefault(TARGET, "");
            if (kind == Kind.VIEW || target.isEmpty()) {
                throw there;
            }
            adopt(id, tree, parent, target, there);
            return Made.WHOLE;
        }
    }

    private static String named(long id, Naming naming) {
        return naming.namespace() + "/" + id + "/" + naming.key();
    }

    private static Map<String, String> labels(Naming naming) {
        var labels = new HashMap<String, String>();
        naming.labels().forEach((label, value) -> {
            if (label.equals(TARGET) || label.startsWith(INHERITED)) {
                labels.put(label, value);
            }
        });
        labels.put(ROOT, "coracle");
        return labels;
    }

    private void prepare(Tree tree, String parent, Map<String, String> labels) {
        peer.call(
                "prepare snapshot " + tree.key(),
                () -> stub(tree.namespace(), LONG)
                        .prepare(PrepareSnapshotRequest.newBuilder()
                                .setSnapshotter(peer.name())
                                .setKey(tree.key())
                                .setParent(parent)
                                .putAllLabels(labels)
                                .build()));
    }

    private void view(Tree tree, String parent, Map<String, String> labels) {
        peer.call(
                "make view " + tree.key(),
                () -> stub(tree.namespace(), LONG)
                        .view(ViewSnapshotRequest.newBuilder()
                                .setSnapshotter(peer.name())
                                .setKey(tree.key())
                                .setParent(parent)
                                .putAllLabels(labels)
                                .build()));
    }

    /// Takes the snapshot that the peer has for a target as ours.
    private void adopt(long id, Tree tree, String parent, String target, AlreadyExists there) {
        var found = list(
                        tree.namespace(),
                        List.of("labels.\"" + TARGET + "\"==" + quoted(target) + ",parent==" + quoted(parent)))
                .stream()
                .findFirst()
                .orElseThrow(() -> there.within("the plugin has snapshot " + target + " but does not show it"));
        synchronized (leaving) {
            if (leaving.contains(place(tree.namespace(), found.getName()))) {
                throw new Unavailable("snapshot " + found.getName() + " of " + peer + " is just being removed");
            }
            names.put(id, new Tree(tree.namespace(), "", found.getName(), tree.parent(), false));
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private Tree tree(long id) {
        return names.find(id)
                .orElseThrow(() -> new NotFound("snapshot number " + id + " is not one of those kept by " + peer));
    }

    @Override
    public List<Mount> mounts(long id, Kind kind, List<Long> parents) {
        var tree = tree(id);
        return peer
                .call(
                        "mounts of snapshot " + tree.current(),
                        () -> stub(tree.namespace(), LONG)
                                .mounts(MountsRequest.newBuilder()
                                        .setSnapshotter(peer.name())
                                        .setKey(tree.current())
                                        .build()))
                .getMountsList()
                .stream()
                .map(mount -> new Mount(mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList()))
                .toList();
    }

    @Override
    public void commit(long id, List<Long> parents) {
        commit(id, parents, new Naming(tree(id).namespace(), "layer-" + id, Map.of()));
    }

    @Override
    public void commit(long id, List<Long> parents, Naming naming) {
        var active = tree(id);
        var name = named(id, naming);
        names.put(id, active.named(name));
        try {
            peer.call(
                    "commit snapshot " + active.key(),
                    () -> stub(active.namespace(), LONG)
                            .commit(CommitSnapshotRequest.newBuilder()
                                    .setSnapshotter(peer.name())
                                    .setKey(active.key())
                                    .setName(name)
                                    .putAllLabels(labels(naming))
                                    .build()));
        } catch (NotFound | AlreadyExists again) {
            if (!exists(active.namespace(), name)) { // the answer to the first time got lost
                names.put(id, active);
                throw again;
            }
        } catch (RuntimeException e) {
            names.put(id, active);
            throw e;
        }
    }

    private boolean exists(String namespace, String name) {
        try {
            var _ = peer.call(
                    "look for snapshot " + name,
                    () -> stub(namespace, SHORT)
                            .stat(StatSnapshotRequest.newBuilder()
                                    .setSnapshotter(peer.name())
                                    .setKey(name)
                                    .build()));
            return true;
        } catch (NotFound absent) {
            return false;
        }
    }

    @Override
    public Usage usage(long id, List<Long> parents) {
        var tree = tree(id);
        var usage = peer.call(
                "usage of snapshot " + tree.current(),
                () -> stub(tree.namespace(), LONG)
                        .usage(UsageRequest.newBuilder()
                                .setSnapshotter(peer.name())
                                .setKey(tree.current())
                                .build()));
        return new Usage(usage.getInodes(), usage.getSize());
    }

    /// A snapshot that others stand upon goes with the last of them: the peer refuses before that, and who asks us
    /// does not know an order.
    @Override
    public void remove(long id) {
        names.find(id).filter(tree -> !tree.doomed()).ifPresent(tree -> names.put(id, tree.asDoomed()));
        removeDoomed();
    }

    private void removeDoomed() {
        var isChanged = true;
        while (isChanged) {
            var all = names.all();
            var parents = all.values().stream().map(Tree::parent).collect(Collectors.toSet());
            var leaves = all.entrySet().stream()
                    .filter(entry -> entry.getValue().doomed() && !parents.contains(entry.getKey()))
                    .toList();
            leaves.forEach(entry -> drop(entry.getKey(), entry.getValue()));
            isChanged = !leaves.isEmpty();
        }
    }

    private void drop(long id, Tree tree) {
        var place = place(tree.namespace(), tree.current());
        synchronized (leaving) {
            var isShared = names.all().entrySet().stream()
                    .anyMatch(other -> other.getKey() != id
                            && place(
                                            other.getValue().namespace(),
                                            other.getValue().current())
                                    .equals(place));
            if (isShared || !leaving.add(place)) {
                names.remove(id);
                return;
            }
        }
        try {
            removeThere(tree);
            names.remove(id);
        } finally {
            synchronized (leaving) {
                leaving.remove(place);
            }
        }
    }

    private void removeThere(Tree tree) {
        try {
            Empty _ = peer.call(
                    "remove snapshot " + tree.current(),
                    () -> stub(tree.namespace(), SHORT)
                            .remove(RemoveSnapshotRequest.newBuilder()
                                    .setSnapshotter(peer.name())
                                    .setKey(tree.current())
                                    .build()));
        } catch (NotFound gone) {
            // as wanted
        } catch (FailedPrecondition used) {
            if (!tree.key().isEmpty()) {
                throw used;
            }
            LOG.log(System.Logger.Level.DEBUG, "a snapshot that the plugin made has other users", used);
        }
    }

    @Override
    public Set<Long> ids() {
        var there = listed();
        return names.all().entrySet().stream()
                .filter(entry -> !entry.getValue().doomed())
                .filter(entry -> there.contains(
                        place(entry.getValue().namespace(), entry.getValue().current())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// What the peer has in the namespaces in which we have anything.
    private Set<String> listed() {
        var namespaces = names.all().values().stream().map(Tree::namespace).collect(Collectors.toSet());
        if (namespaces.isEmpty()) {
            list("default", List.of()); // whether it answers at all
        }
        var places = new HashSet<String>();
        for (var namespace : namespaces) {
            list(namespace, List.of()).forEach(info -> places.add(place(namespace, info.getName())));
        }
        return places;
    }

    private static String place(String namespace, String name) {
        return namespace + "\n" + name;
    }

    private List<Info> list(String namespace, List<String> filters) {
        return peer.call("list snapshots", () -> {
            var found = new ArrayList<Info>();
            stub(namespace, SHORT)
                    .list(ListSnapshotsRequest.newBuilder()
                            .setSnapshotter(peer.name())
                            .addAllFilters(filters)
                            .build())
                    .forEachRemaining(answer -> found.addAll(answer.getInfoList()));
            return found;
        });
    }
}
