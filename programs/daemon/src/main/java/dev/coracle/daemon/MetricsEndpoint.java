package dev.coracle.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coracle.base.EngineException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Metrics over HTTP, at `/v1/metrics`, for whoever reaches the configured address. Nothing else is
/// served there, and nothing can be changed by it.
final class MetricsEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    private static final String PATH = "/v1/metrics";

    private final HttpServer server;
    private final ExecutorService requests;
    private final Supplier<String> text;

    private MetricsEndpoint(HttpServer server, ExecutorService requests, Supplier<String> text) {
        this.server = server;
        this.requests = requests;
        this.text = text;
    }

    /// @param address a host and a port
    /// @throws StartException when it cannot be listened on
    static MetricsEndpoint open(String address, Supplier<String> text) throws StartException {
        var colon = address.lastIndexOf(':');
        try {
            var host = address.substring(0, Math.max(colon, 0)).replaceAll("^\\[|\\]$", "");
            var port = Integer.parseInt(address.substring(colon + 1));
            var where = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
            if (where.isUnresolved()) {
                throw new StartException("listen on " + address + " for metrics: no such host", "");
            }
            var server = HttpServer.create(where, 0);
            var requests = Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("metrics-", 0).factory());
            var endpoint = new MetricsEndpoint(server, requests, text);
            server.setExecutor(requests);
            server.createContext("/", endpoint::answer);
            server.start();
            LOG.log(Level.INFO, "serving metrics... address=" + server.getAddress());
            return endpoint;
        } catch (IOException e) {
            throw new StartException("listen on " + address + " for metrics: " + e.getMessage(), "", e);
        } catch (IllegalArgumentException e) {
            throw new StartException("listen on " + address + " for metrics: not a host and a port", "", e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            var body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (EngineException e) {
            LOG.log(Level.WARNING, "metrics failed error=" + e.message());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }
}
