package dev.coracle.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// A registry on the loopback with an image of one large layer, made of what lies on this machine: the Java runtime and
/// C's headers, a few large files and many small ones.
final class LayerRegistry implements AutoCloseable {
    private static final String NAME = "bench/layer:latest";

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

    /// As processes of the host name it, or those behind slirp4netns (`10.0.2.2`).
    String image(String host) {
        return host + ":" + port + "/" + NAME;
    }

    /// Compressed and unpacked, for people.
    String size() {
        return size;
    }

    private String fill(Settings settings) throws IOException, InterruptedException {
        var blobs = Files.createDirectories(work.resolve("image/blobs/sha256"));
        var tar = work.resolve("layer.tar.gz");
        Program.of(
                        settings,
                        List.of(
                                "tar",
                                "-czhf",
                                tar.toString(),
                                "--exclude=jmods",
                                "--exclude=src.zip",
                                "-C",
                                "/",
                                System.getProperty("java.home").substring(1),
                                "usr/include"))
                .milliseconds();
        var unpacked = 0L;
        String diffId;
        var sha256 = sha256();
        try (var in = new DigestInputStream(new GZIPInputStream(Files.newInputStream(tar), 1 << 16), sha256)) {
            unpacked = in.transferTo(java.io.OutputStream.nullOutputStream());
            diffId = HexFormat.of().formatHex(sha256.digest());
        }
        var packed = Files.size(tar);
        var layer = keep(blobs, tar);
        var config =
                keep(blobs, """
                {"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}
                """.formatted(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64", diffId));
        var manifest = keep(blobs, """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":\
                "application/vnd.oci.image.config.v1+json",%s},"layers":[{"mediaType":\
                "application/vnd.oci.image.layer.v1.tar+gzip",%s}]}
                """.formatted(config, layer));
        Files.writeString(work.resolve("image/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                work.resolve("image/index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + manifest + "}]}");
        awaitServer();
        Program.of(
                        settings,
                        List.of(
                                "skopeo",
                                "copy",
                                "--insecure-policy",
                                "--dest-tls-verify=false",
                                "oci:" + work.resolve("image"),
                                "docker://" + image("127.0.0.1")))
                .milliseconds();
        return "%d MB of gzip, %d MB unpacked".formatted(packed >> 20, unpacked >> 20);
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
            in.transferTo(java.io.OutputStream.nullOutputStream());
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
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
