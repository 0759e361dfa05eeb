package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.stores.Scope;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.LayerCommit;
import dev.coracle.oci.ImageHistory;
import java.util.Map;
import java.util.Optional;

/// Makes images of containers.
final class Commits {
    private final EngineParts parts;
    private final Happenings happenings;

    Commits(EngineParts parts, Happenings happenings) {
        this.parts = parts;
        this.happenings = happenings;
    }

    String commit(Entry entry, CommitOptions options, Images images) {
        var doc = entry.doc();
        if (doc.snapshotter().isEmpty()) {
            throw new FailedPrecondition("commit " + doc.name() + ": it has no image");
        }
        var pause = options.pause()
                && entry.isRunning()
                && !entry.isPaused()
                && parts.settings().systemd();
        if (pause) {
            parts.tasks().pause(doc.namespace(), doc.id());
        }
        try {
            var id = write(entry, options, images);
            happenings.container(doc, "commit", Map.of("comment", options.message()));
            return id;
        } finally {
            if (pause) {
                parts.tasks().resume(doc.namespace(), doc.id());
            }
        }
    }

    private String write(Entry entry, CommitOptions options, Images images) {
        var doc = entry.doc();
        var base = images.inspect(doc.imageRef(), Optional.empty());
        if (!base.manifest().config().digest().toString().equals(doc.imageId())) {
            base = images.inspect(doc.imageId(), Optional.empty());
        }
        var snapshots = parts.in(doc.namespace()).snapshotter(doc.snapshotter());
        var key = "commit-" + doc.id() + "-" + Long.toHexString(parts.random().nextLong());
        var lower = snapshots.view(key, snapshots.stat(doc.id()).parent(), Map.of());
        try {
            var step = new ImageHistory.Step(
                    parts.clock().instant().toString(),
                    String.join(" ", doc.config().command()),
                    options.author(),
                    options.message(),
                    false);
            return new LayerCommit(parts.stores(), parts.layers(), parts.clock())
                    .commit(
                            Scope.of(doc.namespace()),
                            base,
                            lower,
                            snapshots.mounts(doc.id()),
                            options.reference(),
                            (config, diffId) -> {
                                config.layer(diffId, step)
                                        .process(
                                                doc.config().entrypoint(),
                                                doc.config().command(),
                                                doc.config().env());
                                options.changes().forEach(config::change);
                            });
        } finally {
            try {
                snapshots.remove(key);
            } catch (NotFound _) {
                // collected meanwhile
            }
        }
    }
}
