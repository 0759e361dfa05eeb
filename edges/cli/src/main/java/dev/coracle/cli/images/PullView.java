package dev.coracle.cli.images;

import dev.coracle.base.Digest;
import dev.coracle.engine.images.PullListener;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A pull, layer by layer, in docker's words.
final class PullView implements PullListener {
    private final LayerProgress progress;
    private final Map<String, Digest> layers = new ConcurrentHashMap<>();

    PullView(LayerProgress progress) {
        this.progress = progress;
    }

    @Override
    public void needed(String ref, Descriptor content) {
        if (MediaTypes.isLayer(content.mediaType())) {
            layers.put(ref, content.digest());
            progress.add(content.digest(), content.size(), "Pulling fs layer");
        }
    }

    @Override
    public void progressed(String ref, long offset) {
        layer(ref).ifPresent(layer -> progress.progress(layer, "Downloading", offset));
    }

    @Override
    public void finished(String ref, boolean existed) {
        layer(ref).ifPresent(layer -> progress.state(layer, existed ? "Already exists" : "Download complete"));
    }

    private Optional<Digest> layer(String ref) {
        return Optional.ofNullable(layers.get(ref));
    }

    @Override
    public void unpacking(Descriptor layer) {
        progress.state(layer.digest(), "Extracting");
    }

    @Override
    public void unpacked(Descriptor layer, boolean existed) {
        progress.state(layer.digest(), existed ? "Already exists" : "Pull complete");
    }
}
