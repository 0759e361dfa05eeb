package dev.coracle.engine.images;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.core.content.ContentStore;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.Index;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.Map;

/// Makes of an index what is wanted of it: its manifest for one platform, or an index of the
/// chosen ones.
record PlatformSelection(ContentStore content) {
    /// @throws NotFound when the index has nothing for a platform
    Descriptor of(Descriptor target, List<Platform> platforms) {
        if (!MediaTypes.isIndex(target.mediaType())) {
            return target;
        }
        var children = new Documents(content).children(target);
        var chosen = platforms.stream()
                .map(platform -> ImageTree.choose(children, platform)
                        .orElseThrow(() -> new NotFound("no match for platform " + platform + " in manifest "
                                + target.digest() + ": not found")))
                .distinct()
                .toList();
        if (chosen.size() == children.size()) {
            return target;
        }
        if (chosen.size() == 1) {
            var only = chosen.getFirst();
            return new Descriptor(only.mediaType(), only.digest(), only.size());
        }
        var index = Blobs.put(content, target.mediaType(), new Index(target.mediaType(), chosen, Map.of()).json());
        Blobs.link(content, index, chosen);
        return index;
    }
}
