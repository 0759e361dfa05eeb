package dev.coracle.proxy;

import dev.coracle.base.Support;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.snapshots.SnapshotterDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A snapshotter of another program. Whether it answers shows when it is first used: it may be started after us.
public final class ProxySnapshotterDriver implements SnapshotterDriver {
    private final Peer peer;
    private final Map<String, String> exports;
    private final List<String> capabilities;

    /// @param exports what introspection tells of it, beside its address
    public ProxySnapshotterDriver(Peer peer, Map<String, String> exports, List<String> capabilities) {
        this.peer = peer;
        this.exports = Map.copyOf(exports);
        this.capabilities = List.copyOf(capabilities);
    }

    @Override
    public String name() {
        return peer.name();
    }

    @Override
    public Support probe(Path root) {
        return new Support.Usable(Set.of());
    }

    @Override
    public SnapshotTrees open(Path root) {
        return ProxyTrees.open(peer, root);
    }

    @Override
    public List<String> capabilities() {
        return capabilities;
    }

    @Override
    public Map<String, String> exports(Path root) {
        return exports;
    }
}
