package dev.coracle.layers;

import static java.lang.System.Logger.Level.INFO;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Layers as tar archives against mounted trees.
public final class TarLayerStore implements LayerStore {
    private static final System.Logger LOG = System.getLogger(TarLayerStore.class.getName());

    private final MountedTrees trees;
    private final LayerLimits limits;
    private final Optional<StreamPrograms> programs;

    /// Also takes away what a killed daemon has left mounted.
    ///
    /// @param temporary a directory of ours beneath which trees are mounted while they are used
    public TarLayerStore(Mounter mounter, Path temporary, LayerLimits limits) {
        this(mounter, temporary, limits, Optional.empty());
    }

    /// The same with programs for layers of other types.
    public TarLayerStore(Mounter mounter, Path temporary, LayerLimits limits, StreamPrograms programs) {
        this(mounter, temporary, limits, Optional.of(programs));
    }

    private TarLayerStore(Mounter mounter, Path temporary, LayerLimits limits, Optional<StreamPrograms> programs) {
        this.programs = programs;
        this.trees = new MountedTrees(mounter, temporary);
        this.limits = limits;
        try {
            trees.sweep();
        } catch (IOException e) {
            throw failure("sweep " + temporary + ": " + e.getMessage(), e);
        }
    }

    /// See [LayerTree]: new names are made, old ones removed; attributes are given to what was
    /// made, and to directories.
    @Override
    public boolean replacesFiles() {
        return true;
    }

    @Override
    public Descriptor apply(
            ContentStore content, Descriptor layer, List<Mount> mounts, Map<String, TypedBytes> payloads) {
        var pipeline = new LayerPipeline(layer, limits, programs, payloads);
        return reporting("apply layer " + layer.digest(), () -> {
            try (var blob = content.open(layer.digest());
                    var root = trees.open(mounts)) {
                return pipeline.run(blob, archive -> {
                    try (var tree = new LayerTree(root.directory(), limits)) {
                        tree.unpack(new TarReader(archive));
                        if (tree.devicesSkipped() > 0) {
                            LOG.log(
                                    INFO,
                                    "device nodes left out layer={0} count={1}",
                                    layer.digest(),
                                    tree.devicesSkipped());
                        }
                    }
                });
            } catch (TarException e) {
                // an archive that cannot be read may be a disk that forgot
                try (var blob = content.open(layer.digest())) {
                    new BlobInput(blob, layer).verify();
                }
                throw e;
            }
        });
    }

    @Override
    public Descriptor diff(ContentStore content, List<Mount> lower, List<Mount> upper, DiffOptions options) {
        return reporting("compute layer", () -> new LayerDiff(content, trees, options).write(lower, upper));
    }

    @FunctionalInterface
    private interface Work {
        Descriptor run() throws Exception;
    }

    /// The one place where failures of this room become those of the port.
    private static Descriptor reporting(String attempt, Work work) {
        try {
            return work.run();
        } catch (EngineException e) {
            throw e.within(attempt);
        } catch (TarException e) {
            throw new InvalidArgument(attempt + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw failure(attempt + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(attempt + ": interrupted", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new Internal(attempt + ": " + e.getMessage(), e);
        }
    }

    private static EngineException failure(String message, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ErrnoException errno) {
                if (errno.is(Errno.ENOSPC, Errno.EDQUOT)) {
                    return new ResourceExhausted(message, e)
                            .remedy("free space on the file system of the daemon's root, or give it a larger one");
                }
            }
        }
        return new Internal(message, e);
    }
}
