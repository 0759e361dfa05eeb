package dev.coracle.registry;

import static dev.coracle.registry.HostileRegistry.header;
import static dev.coracle.registry.HostileRegistry.send;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The upload half of a registry that has one blob to take.
final class UploadServer implements HostileRegistry.Answer {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    final List<String> ranges = new ArrayList<>();
    private final int wholeAnswer;
    private int loseAt;
    private boolean stored;

    /// @param wholeAnswer the status of an upload in one piece
    UploadServer(int wholeAnswer) {
        this.wholeAnswer = wholeAnswer;
    }

    /// Drops the connection once, after so many bytes of a piece.
    UploadServer loseAt(int bytes) {
        loseAt = bytes;
        return this;
    }

    synchronized byte[] stored() {
        return stored ? taken.toByteArray() : new byte[0];
    }

    @Override
    public synchronized void to(HttpExchange exchange) throws IOException {
        var query = String.valueOf(exchange.getRequestURI().getQuery());
        switch (exchange.getRequestMethod()) {
            case "HEAD" -> exchange.sendResponseHeaders(404, -1);
            case "POST" -> at(exchange, query.contains("mount=") && query.contains("from=library/other") ? 201 : 202);
            case "GET" -> {
                exchange.getResponseHeaders().set("Range", "0-" + Math.max(taken.size() - 1, 0));
                at(exchange, 204);
            }
            case "PATCH" -> piece(exchange);
            case "PUT" -> end(exchange);
            default -> send(exchange, 405, new byte[0]);
        }
    }

    private void at(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Location", "/v2/library/app/blobs/uploads/1");
        exchange.sendResponseHeaders(status, -1);
    }

    private void piece(HttpExchange exchange) throws IOException {
        var range = header(exchange, "Content-Range");
        ranges.add(range);
        if (!range.startsWith(taken.size() + "-")) {
            send(exchange, 416, new byte[0]);
            return;
        }
        if (loseAt > 0) {
            taken.writeBytes(exchange.getRequestBody().readNBytes(loseAt));
            loseAt = 0;
            exchange.close();
            return;
        }
        taken.writeBytes(exchange.getRequestBody().readAllBytes());
        at(exchange, 202);
    }

    private void end(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readAllBytes();
        if (body.length > 0 && wholeAnswer != 201) {
            send(exchange, wholeAnswer, new byte[0]);
            return;
        }
        taken.writeBytes(body);
        stored = true;
        at(exchange, 201);
    }
}
