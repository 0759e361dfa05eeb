package dev.coracle.integration;

import dev.coracle.integration.ImageFiles.Blob;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// Debian's docker-registry on a free port of the loopback, and a way to put images there.
public final class Registry implements AutoCloseable {
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Path log;

    /// Serves what lies under `storage`; several may serve the same.
    public Registry(Path storage) throws IOException {
        this.port = Host.freePort();
        var folder = Files.createTempDirectory("registry");
        var config = Files.writeString(folder.resolve("config.yml"), """
                version: 0.1
                log: {level: warn}
                storage: {filesystem: {rootdirectory: "%s"}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(storage, port));
        this.log = folder.resolve("log");
        this.process = Run.of(Host.debians("docker-registry"), "serve", config.toString())
                .start(log);
        Awaitility.await("docker-registry")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> status("/v2/") == 200);
    }

    public int port() {
        return port;
    }

    /// What was asked for and answered, in lines as of a web server.
    List<String> requests() throws IOException {
        return Files.readAllLines(log);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private int status(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri().resolve(path)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    boolean has(String repository, String tag) throws IOException, InterruptedException {
        return status("/v2/%s/manifests/%s".formatted(repository, tag)) == 200;
    }

    public Blob push(String repository, String mediaType, byte[] content) throws IOException, InterruptedException {
        return push(
                repository,
                new Blob(mediaType, ImageFiles.digest(content), content.length),
                BodyPublishers.ofByteArray(content));
    }

    public Blob push(String repository, String mediaType, Path content) throws IOException, InterruptedException {
        try (var in = Files.newInputStream(content)) {
            var blob = new Blob(mediaType, ImageFiles.digest(in), Files.size(content));
            return push(repository, blob, BodyPublishers.ofFile(content));
        }
    }

    private Blob push(String repository, Blob blob, HttpRequest.BodyPublisher content)
            throws IOException, InterruptedException {
        var start = http.send(
                HttpRequest.newBuilder(uri().resolve("/v2/" + repository + "/blobs/uploads/"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        var location = start.headers().firstValue("Location").orElseThrow(() -> new IOException(start.body()));
        var upload = uri().resolve(location + (location.contains("?") ? "&" : "?") + "digest=" + blob.digest());
        expect(201, HttpRequest.newBuilder(upload).PUT(content).header("Content-Type", "application/octet-stream"));
        return blob;
    }

    public Blob tag(String repository, String tag, String mediaType, byte[] manifest)
            throws IOException, InterruptedException {
        expect(
                201,
                HttpRequest.newBuilder(uri().resolve("/v2/%s/manifests/%s".formatted(repository, tag)))
                        .PUT(BodyPublishers.ofByteArray(manifest))
                        .header("Content-Type", mediaType));
        return new Blob(mediaType, ImageFiles.digest(manifest), manifest.length);
    }

    private void expect(int status, HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != status) {
            throw new IOException(answer + ": " + answer.body());
        }
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        if (!Run.ends(process, Duration.ofSeconds(10))) {
            process.destroyForcibly();
        }
    }
}
