package dev.coracle.rootlesskit;

import dev.coracle.userns.Json;
import dev.coracle.userns.PortSpec;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What rootlessctl does: asks the API of a running rootlesskit and shows the answer as text or JSON.
final class Control {
    private final PrintStream out;
    private final @Nullable String stateDirectory;

    Control(PrintStream out, @Nullable String stateDirectory) {
        this.out = out;
        this.stateDirectory = stateDirectory;
    }

    int run(List<String> words) throws UsageException, IOException, InterruptedException {
        var left = new ArrayDeque<>(words);
        var socket = "";
        while (!left.isEmpty() && left.peek().startsWith("-")) {
            var word = left.pop();
            var name = word.replaceFirst("^--?", "");
            if (name.equals("help") || name.equals("h")) {
                return help();
            }
            if (name.equals("version") || name.equals("v")) {
                out.println("rootlessctl version " + Version.NUMBER);
                return 0;
            }
            if (name.startsWith("socket=")) {
                socket = name.substring("socket=".length());
            } else if (name.equals("socket") && !left.isEmpty()) {
                socket = left.pop();
            } else if (!name.equals("debug") && !name.startsWith("debug=")) {
                throw new UsageException("flag provided but not defined: -" + name);
            }
        }
        if (left.isEmpty() || left.peek().equals("help")) {
            return help();
        }
        return command(left.pop(), left, socket);
    }

    private int help() {
        out.print("""
            NAME:
               rootlessctl - asks and tells a running rootlesskit

            USAGE:
               rootlessctl [global options] command [command options] [arguments...]

            VERSION:
               %s

            COMMANDS:
               list-ports    List published ports [--json]
               add-ports     Publish ports, as 127.0.0.1:8080:80/tcp [--json]
               remove-ports  Stop publishing ports, by their IDs
               info          Show what runs [--json]

            GLOBAL OPTIONS:
               --debug         debug mode (default: false)
               --socket value  path of api.sock, unless it is in $ROOTLESSKIT_STATE_DIR
               --help, -h      show help
               --version, -v   print the version
            """.formatted(Version.NUMBER));
        return 0;
    }

    private int command(String command, Deque<String> words, String socket)
            throws UsageException, IOException, InterruptedException {
        var json = words.removeIf(word -> word.equals("--json") || word.equals("-json"));
        for (var word : words) {
            if (word.startsWith("-") && !word.matches("-\\d+")) {
                throw new UsageException("flag provided but not defined: " + word);
            }
        }
        switch (command) {
            case "list-ports" -> list(client(socket), json);
            case "add-ports" -> add(socket, List.copyOf(words), json);
            case "remove-ports" -> remove(socket, List.copyOf(words));
            case "info" -> info(client(socket), json);
            default -> throw new UsageException("No help topic for '" + command + "'");
        }
        return 0;
    }

    private ApiClient client(String socket) throws UsageException, UsernsException {
        if (socket.isEmpty() && (stateDirectory == null || stateDirectory.isEmpty())) {
            throw new UsageException("please specify --socket or set $ROOTLESSKIT_STATE_DIR");
        }
        var path = socket.isEmpty() ? Path.of(String.valueOf(stateDirectory), "api.sock") : Path.of(socket);
        if (!Files.exists(path)) {
            throw new UsernsException("stat " + path + ": no such file or directory");
        }
        return new ApiClient(path);
    }

    private static List<Json> items(Json json) {
        return json instanceof Json.Items(var items) ? items : List.of();
    }

    private static String text(Json json, String... path) {
        var at = json;
        for (var name : path) {
            at = at.field(name).orElse(new Json.Text(""));
        }
        return switch (at) {
            case Json.Text(var text) -> text;
            case Json.Numeral(var number) -> Long.toString((long) number);
            case Json.Items(var items) ->
                "[" + String.join(" ", items.stream().map(item -> text(item)).toList()) + "]";
            case Json _ -> "";
        };
    }

    private void list(ApiClient client, boolean json) throws IOException {
        var ports = items(Json.parse(client.get("/v1/ports")));
        if (json) {
            ports.forEach(port -> out.println(port.compact()));
            return;
        }
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "PROTO", "PARENTIP", "PARENTPORT", "CHILDIP", "CHILDPORT"));
        for (var port : ports) {
            rows.add(List.of(
                    text(port, "id"),
                    text(port, "spec", "proto"),
                    text(port, "spec", "parentIP"),
                    text(port, "spec", "parentPort"),
                    text(port, "spec", "childIP"),
                    text(port, "spec", "childPort")));
        }
        table(rows);
    }

    /// Columns as wide as their widest cell and four more.
    private void table(List<List<String>> rows) {
        for (var row : rows) {
            var line = new StringBuilder();
            for (var column = 0; column < row.size(); column++) {
                var at = column;
                var width = rows.stream()
                                .mapToInt(each -> each.get(at).length())
                                .max()
                                .orElse(0)
                        + 4;
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length()));
            }
            out.println(line);
        }
    }

    private void add(String socket, List<String> words, boolean json) throws UsageException, IOException {
        if (words.isEmpty()) {
            throw new UsageException("no port specified");
        }
        var specs = new ArrayList<PortSpec>();
        for (var word : words) {
            specs.add(PortSpec.parse(word));
        }
        var client = client(socket);
        for (var spec : specs) {
            var status = Json.parse(client.post("/v1/ports", Api.json(spec)));
            out.println(json ? status.compact() : text(status, "id"));
        }
    }

    private void remove(String socket, List<String> words) throws UsageException, IOException {
        if (words.isEmpty()) {
            throw new UsageException("no ID specified");
        }
        for (var word : words) {
            if (!word.matches("[+-]?\\d+")) {
                throw new UsageException("strconv.Atoi: parsing \"" + word + "\": invalid syntax");
            }
        }
        var client = client(socket);
        for (var word : words) {
            client.delete("/v1/ports/" + Integer.parseInt(word));
            out.println(word);
        }
    }

    private void info(ApiClient client, boolean json) throws IOException {
        var answer = Json.parse(client.get("/v1/info"));
        if (json) {
            out.println(answer.indented("    "));
            return;
        }
        out.println("- REST API version: " + text(answer, "apiVersion"));
        out.println("- Implementation version: " + text(answer, "version"));
        out.println("- State Directory: " + text(answer, "stateDir"));
        out.println("- Child PID: " + text(answer, "childPID"));
        answer.field("networkDriver").ifPresent(network -> {
            out.println("- Network Driver: " + text(network, "driver"));
            out.println("  - DNS: " + (network.field("dns").isPresent() ? text(network, "dns") : "[]"));
            out.println("  - IP: " + text(network, "childIP"));
        });
        var ports = answer.field("portDriver");
        if (ports.isEmpty()) {
            return;
        }
        out.println("- Port Driver: " + text(ports.get(), "driver"));
        out.println("  - Supported protocols: " + text(ports.get(), "protos"));
        for (var port : items(Json.parse(client.get("/v1/ports")))) {
            port.field("note")
                    .ifPresent(note -> out.println("  - Port " + text(port, "id") + ", "
                            + text(port, "spec", "parentIP") + ":" + text(port, "spec", "parentPort") + "/"
                            + text(port, "spec", "proto") + ": " + text(note)));
        }
    }
}
