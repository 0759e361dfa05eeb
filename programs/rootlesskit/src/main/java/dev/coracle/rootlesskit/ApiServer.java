package dev.coracle.rootlesskit;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Serves [Api] by HTTP on `api.sock`. Who may connect is decided by the directory it lies in.
final class ApiServer implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final int MOST_CONNECTIONS = 64;
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final Fd listening;
    private final Api api;
    private final Set<Fd> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ApiServer(Fd listening, Api api) {
        this.listening = listening;
        this.api = api;
    }

    static ApiServer open(Path socket, Api api) throws ErrnoException {
        var server = new ApiServer(UnixSocket.listen(socket, UnixSocket.Type.STREAM, BACKLOG), api);
        Thread.ofPlatform().name("api").daemon().start(server::accept);
        return server;
    }

    private void accept() {
        try {
            while (!closed) {
                var connection = UnixSocket.accept(listening);
                if (open.size() >= MOST_CONNECTIONS) {
                    connection.close();
                    continue;
                }
                open.add(connection);
                Thread.ofPlatform().name("api-connection").daemon().start(() -> serve(connection));
            }
        } catch (ErrnoException | IllegalStateException ended) {
            // the socket was closed: the program ends
            closed = true;
        }
    }

    private void serve(Fd connection) {
        try (connection) {
            var reader = new HttpReader(connection.input());
            while (Polling.awaitReadable(connection, IDLE)) {
                var request = reader.next();
                if (request == null) {
                    return;
                }
                connection.write(bytes(answer(request), request.keepsAlive()));
                if (!request.keepsAlive()) {
                    return;
                }
            }
        } catch (HttpReader.BadRequestException wrong) {
            reply(connection, Answer.error(400, String.valueOf(wrong.getMessage())));
        } catch (IOException | IllegalStateException gone) {
            // the client went away, or we do
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
        }
    }

    private Answer answer(HttpReader.Request request) throws InterruptedException {
        try {
            return api.answer(request.method(), request.path(), request.body());
        } catch (IOException failure) {
            return Answer.error(400, String.valueOf(failure.getMessage()));
        }
    }

    private static void reply(Fd connection, Answer answer) {
        try {
            connection.write(bytes(answer, false));
        } catch (IOException | IllegalStateException gone) {
            // nobody is there to read it
        }
    }

    private static byte[] bytes(Answer answer, boolean keepsAlive) {
        var body = answer.body().getBytes(StandardCharsets.UTF_8);
        var type = answer.type();
        var head = "HTTP/1.1 " + answer.status() + " " + answer.reason() + "\r\n"
                + (type == null ? "" : "Content-Type: " + type + "\r\n")
                + "Content-Length: " + body.length + "\r\n"
                + (keepsAlive ? "" : "Connection: close\r\n") + "\r\n";
        var headBytes = head.getBytes(StandardCharsets.US_ASCII);
        var all = java.util.Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, all, headBytes.length, body.length);
        return all;
    }

    /// What is sent back.
    record Answer(int status, @Nullable String type, String body) {
        private static final String TEXT = "text/plain; charset=utf-8";

        static Answer json(int status, String json) {
            return new Answer(status, "application/json", json);
        }

        static Answer empty(int status) {
            return new Answer(status, null, "");
        }

        static Answer text(int status, String text) {
            return new Answer(status, TEXT, text);
        }

        /// JSON that is called text: what RootlessKit's clients have always got.
        static Answer error(int status, String message) {
            return text(status, "{\"message\":" + dev.coracle.userns.Json.quoted(message) + "}\n");
        }

        private String reason() {
            return switch (status) {
                case 200 -> "OK";
                case 201 -> "Created";
                case 400 -> "Bad Request";
                case 404 -> "Not Found";
                case 405 -> "Method Not Allowed";
                default -> "Internal Server Error";
            };
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            UnixSocket.shutdownRead(listening);
        } catch (ErrnoException _) {
            // it has ended already
        }
        open.forEach(Fd::close);
        listening.close();
    }
}
