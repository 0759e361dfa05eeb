package dev.coracle.integration;

import dev.coracle.integration.ImageFiles.Blob;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An archive in OCI's layout of one image for several platforms, made by hand.
final class OciLayout {
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final Map<String, Parts> platforms = new LinkedHashMap<>();
    private final String index;
    private final String name;

    /// What there is for one platform, by digest; `diffId` is also the key of its only snapshot.
    record Parts(String manifest, String config, String layer, String diffId) {
        List<String> all() {
            return List.of(manifest, config, layer);
        }
    }

    /// @param name as the archive calls it: of an image, or only a tag
    /// @param architectures each gets a file `etc/who` that names it
    OciLayout(String name, String... architectures) {
        this.name = name;
        var manifests = new StringBuilder();
        for (var architecture : architectures) {
            var tar = new ImageFiles.Tar().file("etc/who", architecture + "\n").toBytes();
            var layer = blob(ImageFiles.LAYER, ImageFiles.gzip(tar));
            var diffId = ImageFiles.digest(tar);
            var config = blob(ImageFiles.CONFIG, ImageFiles.config(architecture, "/bin/who", diffId));
            var manifest = blob(ImageFiles.MANIFEST, ImageFiles.manifest(config, layer));
            platforms.put(architecture, new Parts(manifest.digest(), config.digest(), layer.digest(), diffId));
            manifests
                    .append(manifests.isEmpty() ? "" : ",")
                    .append(manifest.json().replaceFirst("}$", ""))
                    .append(",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}}");
        }
        index = blob(ImageFiles.INDEX, index(manifests.toString())).digest();
    }

    private static byte[] index(String manifests) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(ImageFiles.INDEX, manifests)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Blob blob(String mediaType, byte[] bytes) {
        var digest = ImageFiles.digest(bytes);
        blobs.put(digest, bytes);
        return new Blob(mediaType, digest, bytes.length);
    }

    /// The digest of the image.
    String index() {
        return index;
    }

    Parts of(String architecture) {
        return platforms.getOrDefault(architecture, new Parts("", "", "", ""));
    }

    private byte[] indexJson() {
        var bytes = blobs.getOrDefault(index, new byte[0]);
        var named = new Blob(ImageFiles.INDEX, index, bytes.length).json().replaceFirst("}$", "");
        var key = name.contains("/") ? "io.containerd.image.name" : "org.opencontainers.image.ref.name";
        return index(named + (name.isEmpty() ? "" : ",\"annotations\":{\"" + key + "\":\"" + name + "\"}") + "}");
    }

    /// The digest of what names the image, which is an image of its own when it is given a name.
    String whole() {
        return ImageFiles.digest(indexJson());
    }

    byte[] toBytes() {
        var tar = new ImageFiles.Tar()
                .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                .file("index.json", indexJson());
        blobs.forEach((digest, bytes) -> tar.file("blobs/" + digest.replace(':', '/'), bytes));
        return tar.toBytes();
    }
}
