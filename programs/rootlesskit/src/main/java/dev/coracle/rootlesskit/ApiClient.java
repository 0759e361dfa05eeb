package dev.coracle.rootlesskit;

import dev.coracle.linux.UnixSocket;
import dev.coracle.userns.Json;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Asks the API of a running rootlesskit, one connection for each question.
final class ApiClient {
    private final Path socket;

    ApiClient(Path socket) {
        this.socket = socket;
    }

    String get(String path) throws IOException {
        return ask("GET", path, "");
    }

    String post(String path, String body) throws IOException {
        return ask("POST", path, body);
    }

    void delete(String path) throws IOException {
        var _ = ask("DELETE", path, "");
    }

    private String ask(String method, String path, String body) throws IOException {
        try (var connection = UnixSocket.connect(socket, UnixSocket.Type.STREAM)) {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            var head = method + " " + path + " HTTP/1.1\r\nHost: rootlesskit\r\nConnection: close\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n";
            connection.write((head + body).getBytes(StandardCharsets.UTF_8));
            var answer = new HttpReader(connection.input()).next();
            if (answer == null) {
                throw new UsernsException("ask " + socket + ": it does not answer");
            }
            // the first line of an answer is the version, the status and the reason
            if (!answer.path().startsWith("2")) {
                throw new UsernsException(message(answer));
            }
            return answer.body();
        }
    }

    private static String message(HttpReader.Request answer) {
        try {
            if (Json.parse(answer.body()).field("message").orElse(new Json.Nothing()) instanceof Json.Text(var text)) {
                return text;
            }
        } catch (IllegalArgumentException _) {
            // shown as it is
        }
        return "unexpected HTTP status " + answer.path() + ", body=\"" + answer.body() + "\"";
    }
}
