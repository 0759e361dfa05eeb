package dev.coracle.metadata;

import dev.coracle.base.Digest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Files that may have lost their last record. A crash forgets the list; the comparison at the
/// next start finds them again.
final class Doomed {
    record Tree(String snapshotter, long id) {}

    private final Set<Digest> blobs = ConcurrentHashMap.newKeySet();
    private final Set<Tree> trees = ConcurrentHashMap.newKeySet();

    /// To be looked at by the next collection, which keeps it if a record still names it.
    void blob(Digest digest) {
        blobs.add(digest);
    }

    /// Surely without a record: numbers are never used twice.
    void tree(String snapshotter, long id) {
        trees.add(new Tree(snapshotter, id));
    }

    List<Digest> blobs() {
        return List.copyOf(blobs);
    }

    List<Tree> trees() {
        return List.copyOf(trees);
    }

    void forget(Digest digest) {
        blobs.remove(digest);
    }

    void forget(Tree tree) {
        trees.remove(tree);
    }
}
