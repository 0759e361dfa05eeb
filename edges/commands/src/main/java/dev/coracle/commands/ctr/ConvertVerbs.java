package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Platform;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.engine.images.ImageConvert;
import dev.coracle.engine.images.ImageConvert.Packing;
import dev.coracle.layers.TarLayerCodec;
import java.util.List;

/// `ctr images convert`, and what concerns images as erofs file systems.
final class ConvertVerbs {
    private ConvertVerbs() {}

    static List<Verb<Session>> verbs() {
        return List.of(
                Verb.of(
                        "convert",
                        "Convert an image",
                        "[flags] <source_ref> <target_ref>",
                        List.of(
                                Flag.bool("uncompress", "Layers as plain tar"),
                                Flag.bool("oci", "OCI's media types instead of Docker's"),
                                Flag.text("erofs", "Layers as erofs file systems: raw or zstd"),
                                Flag.text("erofs-compressors", "How erofs layers are compressed"),
                                Flag.text("erofs-mkfs-options", "More options for mkfs.erofs"),
                                Flag.texts("platform", "Platform to keep"),
                                Flag.bool("all-platforms", "Keep all platforms")),
                        ConvertVerbs::convert),
                Verb.of(
                        "build-erofs-cache",
                        "Build an erofs layer content cache from an image's layers",
                        "[flags] <image_ref> <cache_dir>",
                        List.of(
                                Flag.text("compressors", "How the file systems are compressed"),
                                Flag.text("mkfs-options", "More options for mkfs.erofs"),
                                Flag.text("platform", "Platform whose layers are taken"),
                                Flag.bool("dmverity", "With a hash tree for dm-verity")),
                        ConvertVerbs::buildErofsCache));
    }

    private static int convert(Line line, Session session) {
        var source = line.argument(0);
        var target = line.argument(1);
        if (source.isEmpty() || target.isEmpty()) {
            throw UsageFailure.of("src and target image need to be specified");
        }
        var platforms = line.flag("all-platforms") ? List.<Platform>of() : platforms(line, session);
        if (line.isSet("erofs")) {
            throw erofs(line.text("erofs"));
        }
        var packing = line.flag("uncompress") ? Packing.PLAIN : Packing.AS_THEY_ARE;
        var options = new ImageConvert.Options(platforms, packing, line.flag("oci"));
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            var images = new Images(lease.connection());
            var image = images.get(source);
            var converted =
                    new ImageConvert(images.content(), new TarLayerCodec(), options).convert(Images.target(image));
            if (!target.equals(source)) {
                try {
                    images.delete(target, false);
                } catch (NotFound asWanted) {
                    // nothing is replaced
                }
            }
            images.put(target, converted, image.getLabelsMap());
            session.terminal().line(converted.digest().toString());
        }
        return 0;
    }

    private static List<Platform> platforms(Line line, Session session) {
        var host = session.environment().platform();
        var named = line.texts("platform").stream()
                .map(text -> Platform.parse(text, host))
                .toList();
        return named.isEmpty() ? List.of(host) : named;
    }

    private static RuntimeException erofs(String format) {
        if (!format.equals("raw") && !format.equals("zstd")) {
            return UsageFailure.of("unsupported erofs format \"" + format + "\", supported: raw, zstd");
        }
        return new NotImplemented("convert layers to erofs: no snapshotter here mounts them")
                .remedy("use layers in tar (--uncompress, --oci)");
    }

    private static int buildErofsCache(Line line, Session session) {
        if (line.argument(0).isEmpty() || line.argument(1).isEmpty()) {
            throw UsageFailure.of("image ref and cache dir must be specified");
        }
        new Images(session.connect(line)).get(line.argument(0));
        throw new NotImplemented("build an erofs cache in " + line.argument(1) + ": no snapshotter here uses one");
    }
}
