package dev.coracle.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// A registry on the loopback with two images of the same files, in one large layer and in many, made of what lies on
/// this machine: the Java runtime and C's headers, a few large files and many small ones.
final class LayerRegistry implements AutoCloseable {
    /// What the second image has.
    static final int LAYERS = 20;

    private final Path work;
    private final Process server;
    private final int port;
    private final String size;

    LayerRegistry(Settings settings) throws IOException, InterruptedException {
        work = Files.createTempDirectory(settings.home(), "registry-bench-");
        port = Wire.toFreePort().port();
        Files.writeString(work.resolve("config.yml"), """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(work.resolve("storage"), port));
        server = Program.of(
                        settings,
                        List.of(
                                "docker-registry",
                                "serve",
                                work.resolve("config.yml").toString()))
                .start(work.resolve("log"));
        size = fill(settings);
    }

    /// An image of so many layers, 1 or [#LAYERS], as processes of the host name it, or those behind slirp4netns
    /// (`10.0.2.2`).
    String image(String host, int layers) {
        return host + ":" + port + "/" + name(layers);
    }

    private static String name(int layers) {
        return "bench/layers:" + layers;
    }

    /// Compressed and unpacked, for people.
    String size() {
        return size;
    }

    private String fill(Settings settings) throws IOException, InterruptedException {
        awaitServer();
        push(settings, 1);
        return push(settings, LAYERS);
    }

    /// Deals the files out to the layers, so that all are of about the same size.
    private static List<List<String>> deal(int layers) throws IOException {
        var lists = new ArrayList<List<String>>();
        var sizes = new long[layers];
        IntStream.range(0, layers).forEach(_ -> lists.add(new ArrayList<>()));
        for (var root : List.of(Path.of(System.getProperty("java.home")), Path.of("/usr/include"))) {
            try (var files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (file.toString().matches(".*/(jmods/.*|src\\.zip)")) {
                        continue;
                    }
                    var least = IntStream.range(0, layers)
                            .boxed()
                            .min(Comparator.comparingLong(layer -> sizes[layer]))
                            .orElseThrow();
                    lists.get(least).add(file.toString().substring(1));
                    sizes[least] += Files.size(file);
                }
            }
        }
        return lists;
    }

    private String push(Settings settings, int count) throws IOException, InterruptedException {
        var image = Files.createDirectories(work.resolve("image-" + count));
        var blobs = Files.createDirectories(image.resolve("blobs/sha256"));
        var packed = 0L;
        var unpacked = 0L;
        var layers = new ArrayList<String>();
        var ids = new ArrayList<String>();
        for (var files : deal(count)) {
            var list = Files.write(work.resolve("files"), files);
            var tar = work.resolve("layer.tar.gz");
            Program.of(
                            settings,
                            List.of(
                                    "tar",
                                    "-czhf",
                                    tar.toString(),
                                    "--hard-dereference",
                                    "-C",
                                    "/",
                                    "-T",
                                    list.toString()))
                    .milliseconds();
            var sha256 = sha256();
            try (var in = new DigestInputStream(new GZIPInputStream(Files.newInputStream(tar), 1 << 16), sha256)) {
                unpacked += in.transferTo(OutputStream.nullOutputStream());
                ids.add("\"sha256:" + HexFormat.of().formatHex(sha256.digest()) + "\"");
            }
            packed += Files.size(tar);
            layers.add(descriptor("layer.v1.tar+gzip", keep(blobs, tar)));
        }
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        var config = keep(blobs, """
                {"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}
                """.formatted(architecture, String.join(",", ids)));
        var manifest = keep(blobs, """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}
                """.formatted(descriptor("config.v1+json", config), String.join(",", layers)));
        Files.writeString(image.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                image.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + descriptor("manifest.v1+json", manifest) + "]}");
        Program.of(
                        settings,
                        List.of(
                                "skopeo",
                                "copy",
                                "--insecure-policy",
                                "--dest-tls-verify=false",
                                "oci:" + image,
                                "docker://" + image("127.0.0.1", count)))
                .milliseconds();
        return "%d MB of gzip, %d MB unpacked".formatted(packed >> 20, unpacked >> 20);
    }

    private static String descriptor(String type, String content) {
        return "{\"mediaType\":\"application/vnd.oci.image.%s\",%s}".formatted(type, content);
    }

    private static String keep(Path blobs, String document) throws IOException {
        var file = Files.createTempFile(blobs, "", "");
        Files.write(file, document.getBytes(StandardCharsets.UTF_8));
        return keep(blobs, file);
    }

    /// Puts a file where its digest says, and returns digest and size as a descriptor has them.
    private static String keep(Path blobs, Path file) throws IOException {
        var sha256 = sha256();
        try (var in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        var hex = HexFormat.of().formatHex(sha256.digest());
        var size = Files.size(file);
        Files.move(file, blobs.resolve(hex));
        return "\"digest\":\"sha256:%s\",\"size\":%d".formatted(hex, size);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitServer() throws IOException, InterruptedException {
        while (true) {
            try (var _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                return;
            } catch (IOException notYet) {
                if (!server.isAlive()) {
                    throw new IOException("docker-registry: " + Files.readString(work.resolve("log")));
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.destroy();
        try (var files = Files.walk(work)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
