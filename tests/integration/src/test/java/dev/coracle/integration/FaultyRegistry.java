package dev.coracle.integration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A registry before a registry, which behaves as badly as it is told to. It also serves images of its own, which no
/// honest registry would take.
final class FaultyRegistry implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI upstream;
    private final Map<String, byte[]> own = new ConcurrentHashMap<>();
    private final Map<String, String> types = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile long cutAfter;
    private volatile Login login = Login.NONE;
    private volatile boolean redirecting;
    private final AtomicInteger broken = new AtomicInteger();
    private volatile int longest = Integer.MAX_VALUE;

    enum Login {
        NONE,
        TOKEN,
        BASIC
    }

    FaultyRegistry(Registry upstream) throws IOException {
        this.upstream = upstream.uri();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// What was asked for, as `GET /v2/... [range]`.
    List<String> requests() {
        return List.copyOf(requests);
    }

    /// Drops the connection of so many layer downloads after some bytes.
    FaultyRegistry cut(int times, long afterBytes) {
        cutAfter = afterBytes;
        cuts.set(times);
        return this;
    }

    FaultyRegistry require(Login kind) {
        login = kind;
        return this;
    }

    /// Sends clients elsewhere for blobs, as registries before an object store do.
    FaultyRegistry redirect() {
        redirecting = true;
        return this;
    }

    /// Refuses an upload in one request when it is longer.
    FaultyRegistry takeAtMost(int bytes) {
        longest = bytes;
        return this;
    }

    /// Takes half of so many pieces of uploads, and drops the connection.
    FaultyRegistry breakUploads(int times) {
        broken.set(times);
        return this;
    }

    /// Serves bytes under a digest that need not be theirs.
    FaultyRegistry blob(String digest, byte[] bytes) {
        own.put(digest, bytes);
        return this;
    }

    FaultyRegistry manifest(String repository, String tag, String mediaType, byte[] manifest) {
        for (var reference : List.of(repository + ":" + tag, ImageFiles.digest(manifest))) {
            own.put(reference, manifest);
            types.put(reference, mediaType);
        }
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
            requests.add(exchange.getRequestMethod() + " " + path
                    + range.map(r -> " " + r).orElse(""));
            if (path.equals("/token")) {
                send(
                        exchange,
                        200,
                        "{\"token\":\"letmein\",\"access_token\":\"letmein\"}".getBytes(StandardCharsets.UTF_8),
                        "application/json");
            } else if (!isLoggedIn(exchange)) {
                refuse(exchange);
            } else if (redirecting && path.contains("/blobs/")) {
                exchange.getResponseHeaders().set("Location", "http://10.0.2.2:" + port() + "/elsewhere" + path);
                exchange.sendResponseHeaders(307, -1);
            } else {
                serve(exchange, path.replaceFirst("^/elsewhere", ""), range);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isLoggedIn(HttpExchange exchange) {
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        if (exchange.getRequestURI().getPath().startsWith("/elsewhere")) {
            return given == null; // credentials must not follow a redirect to another host
        }
        return switch (login) {
            case NONE -> true;
            case TOKEN -> "Bearer letmein".equals(given);
            case BASIC ->
                ("Basic " + Base64.getEncoder().encodeToString("penguin:s3cret".getBytes(StandardCharsets.UTF_8)))
                        .equals(given);
        };
    }

    private void refuse(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        login == Login.TOKEN
                                ? "Bearer realm=\"http://10.0.2.2:" + port() + "/token\",service=\"test\""
                                : "Basic realm=\"test\"");
        send(
                exchange,
                401,
                "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}".getBytes(StandardCharsets.UTF_8),
                "application/json");
    }

    private void serve(HttpExchange exchange, String path, Optional<String> range)
            throws IOException, InterruptedException {
        var parts = path.replaceFirst("^/v2/", "").split("/(manifests|blobs)/");
        var reference = parts.length < 2 ? "" : parts[1].startsWith("sha256:") ? parts[1] : parts[0] + ":" + parts[1];
        var mine = own.get(reference);
        if (mine != null) {
            exchange.getResponseHeaders().set("Docker-Content-Digest", ImageFiles.digest(mine));
            send(exchange, 200, mine, types.getOrDefault(reference, "application/octet-stream"));
            return;
        }
        var method = exchange.getRequestMethod();
        var body = exchange.getRequestBody().readAllBytes();
        if (method.equals("PUT") && body.length > longest) {
            send(exchange, 413, new byte[0], "text/plain");
            return;
        }
        var breaks = method.equals("PATCH") && broken.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        var query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).map(words -> "?" + words);
        var request = HttpRequest.newBuilder(upstream.resolve(path + query.orElse("")))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body, 0, body.length / (breaks ? 2 : 1)));
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                .ifPresent(type -> request.header("Content-Type", type));
        exchange.getRequestHeaders().getOrDefault("Accept", List.of()).forEach(v -> request.header("Accept", v));
        range.ifPresent(value -> request.header("Range", value));
        var answer = http.send(request.build(), BodyHandlers.ofByteArray());
        if (breaks) {
            return;
        }
        answer.headers()
                .firstValue("Location")
                .ifPresent(
                        place -> exchange.getResponseHeaders().set("Location", place.replace(upstream.toString(), "")));
        for (var header : List.of("Content-Type", "Docker-Content-Digest", "Content-Range", "Accept-Ranges", "Range")) {
            answer.headers()
                    .firstValue(header)
                    .ifPresent(value -> exchange.getResponseHeaders().set(header, value));
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer.headers()
                    .firstValue("Content-Length")
                    .ifPresent(value -> exchange.getResponseHeaders().set("Content-Length", value));
        }
        send(
                exchange,
                answer.statusCode(),
                answer.body(),
                answer.headers().firstValue("Content-Type").orElse(""));
    }

    private void send(HttpExchange exchange, int status, byte[] body, String type) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            if (!exchange.getResponseHeaders().containsKey("Content-Length")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            }
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        boolean cutting = exchange.getRequestURI().getPath().contains("/blobs/")
                && body.length > cutAfter
                && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        exchange.getResponseBody().write(body, 0, cutting ? (int) cutAfter : body.length);
        // Closing the exchange before all is written drops the connection.
    }

    @Override
    public void close() {
        server.stop(0);
        http.close();
    }
}
