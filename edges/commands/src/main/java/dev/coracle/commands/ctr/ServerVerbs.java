package dev.coracle.commands.ctr;

import com.google.protobuf.Empty;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.GoJson;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.version.VersionGrpc;
import dev.coracle.oci.Json;
import java.util.List;
import java.util.stream.Collectors;

/// `ctr version`, `ctr info` and `ctr deprecations`.
final class ServerVerbs {
    private ServerVerbs() {}

    static Verb<Session> version() {
        return Verb.of("version", "Print the client and server versions", "", List.of(), ServerVerbs::version);
    }

    static Verb<Session> info() {
        return Verb.of("info", "Print the server info", "", List.of(), ServerVerbs::info);
    }

    static Verb<Session> deprecations() {
        return Verb.group(
                "deprecations",
                "What the server will not do for ever",
                List.of(Verb.of(
                        "list",
                        "Print warnings for deprecations",
                        "",
                        List.of(Flag.text("format", "Output format: default or json")),
                        ServerVerbs::listDeprecations)));
    }

    /// Nothing at all when there is nothing to warn about.
    private static int listDeprecations(Line line, Session session) {
        var connection = session.connect(line);
        var warnings = Connection.call(() ->
                        connection.stub(IntrospectionGrpc::newBlockingStub).server(Empty.getDefaultInstance()))
                .getDeprecationsList();
        if (warnings.isEmpty()) {
            return 0;
        }
        if (line.text("format").equals("json")) {
            var entries = warnings.stream()
                    .map(warning -> Json.compact(Json.object()
                            .put("id", warning.getId())
                            .put("message", warning.getMessage())
                            .put(
                                    "lastOccurrence",
                                    Wires.instant(warning.getLastOccurrence()).toString())))
                    .collect(Collectors.joining(","));
            session.terminal().line("[" + entries + "]");
            return 0;
        }
        var table = Table.wide().row("ID", "LAST OCCURRENCE", "MESSAGE");
        warnings.forEach(warning -> table.line(String.join(
                "\t",
                warning.getId(),
                Wires.instant(warning.getLastOccurrence()).toString(),
                warning.getMessage())));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int version(Line line, Session session) {
        if (!line.arguments().isEmpty()) {
            throw UsageFailure.of("extra arguments: " + line.arguments());
        }
        var terminal = session.terminal();
        terminal.line("Client:");
        terminal.line("  Version:  " + Ctr.VERSION);
        terminal.line("  Revision: ");
        terminal.line("  Java version: " + Runtime.version());
        terminal.line("");
        var connection = session.connect(line);
        var version = Connection.call(
                () -> connection.stub(VersionGrpc::newBlockingStub).version(Empty.getDefaultInstance()));
        terminal.line("Server:");
        terminal.line("  Version:  " + version.getVersion());
        terminal.line("  Revision: " + version.getRevision());
        var server = Connection.call(
                () -> connection.stub(IntrospectionGrpc::newBlockingStub).server(Empty.getDefaultInstance()));
        terminal.line("  UUID: " + server.getUuid());
        if (!version.getVersion().equals(Ctr.VERSION)) {
            terminal.log("WARNING: version mismatch");
        }
        return 0;
    }

    private static int info(Line line, Session session) {
        var connection = session.connect(line);
        var server = Connection.call(
                () -> connection.stub(IntrospectionGrpc::newBlockingStub).server(Empty.getDefaultInstance()));
        var tree = Json.object();
        var node = tree.putObject("server").put("uuid", server.getUuid());
        if (server.getPid() != 0) {
            node.put("pid", server.getPid()).put("pidns", server.getPidns());
        }
        if (server.getDeprecationsCount() > 0) {
            var warnings = node.putArray("deprecations");
            server.getDeprecationsList().forEach(warning -> warnings.add(GoJson.of(warning)));
        }
        session.terminal().line(Json.pretty(tree, "    "));
        return 0;
    }
}
