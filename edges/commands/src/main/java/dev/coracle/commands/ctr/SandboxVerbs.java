package dev.coracle.commands.ctr;

import com.google.protobuf.Timestamp;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerGrpc.ControllerBlockingStub;
import dev.coracle.containerd.api.sandbox.ControllerShutdownRequest;
import dev.coracle.containerd.api.sandbox.ControllerStartRequest;
import dev.coracle.containerd.api.sandbox.ControllerStopRequest;
import dev.coracle.containerd.api.sandbox.StoreCreateRequest;
import dev.coracle.containerd.api.sandbox.StoreDeleteRequest;
import dev.coracle.containerd.api.sandbox.StoreGetRequest;
import dev.coracle.containerd.api.sandbox.StoreGrpc;
import dev.coracle.containerd.api.sandbox.StoreListRequest;
import dev.coracle.containerd.api.types.Sandbox;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// `ctr sandboxes`.
final class SandboxVerbs {
    private static final String SANDBOXER_LABEL = "containerd.io/defaults/sandboxer";
    private static final String SANDBOXER = "shim";
    private static final DateTimeFormatter GO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn Z 'UTC'", Locale.ROOT);

    private SandboxVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "sandboxes sandbox sb s",
                "Manage sandboxes",
                List.of(
                        Verb.of(
                                "run create c r",
                                "Run a new sandbox",
                                "[flags] <pod-config.json> <sandbox-id>",
                                List.of(Flag.text("runtime", "Runtime name").or("io.containerd.runc.v2")),
                                SandboxVerbs::run),
                        Verb.of(
                                "list ls",
                                "List sandboxes",
                                "",
                                List.of(Flag.texts("filters", "Show only sandboxes that match")),
                                SandboxVerbs::list),
                        Verb.of(
                                "remove rm",
                                "Remove sandboxes",
                                "<id> [<id>, ...]",
                                List.of(Flag.bool("force f", "Remove a sandbox also when it cannot be stopped")),
                                SandboxVerbs::remove),
                        Verb.of("info i", "Get info about a sandbox", "<sandbox id>", List.of(), SandboxVerbs::info)));
    }

    private static int run(Line line, Session session) throws IOException {
        var id = line.argument(1);
        if (line.arguments().size() != 2 || id.isEmpty()) {
            throw UsageFailure.answeredWithHelp();
        }
        var spec = Files.readAllBytes(session.path(line.argument(0)));
        Json.object(spec, "sandbox config " + line.argument(0)); // refused here when it is none
        var connection = session.connect(line);
        var sandboxer = sandboxer(connection);
        var sandbox = Sandbox.newBuilder()
                .setSandboxId(id)
                .setSandboxer(sandboxer)
                .setRuntime(Sandbox.Runtime.newBuilder().setName(line.text("runtime")))
                .setSpec(Wires.any(TypedBytes.RUNTIME_SPEC, spec))
                .build();
        var stored = Connection.call(() -> connection
                        .stub(StoreGrpc::newBlockingStub)
                        .create(StoreCreateRequest.newBuilder()
                                .setSandbox(sandbox)
                                .build()))
                .getSandbox();
        var controller = connection.stub(ControllerGrpc::newBlockingStub);
        try {
            Connection.call(() -> controller.create(ControllerCreateRequest.newBuilder()
                    .setSandboxId(id)
                    .setSandboxer(sandboxer)
                    .setSandbox(stored)
                    .build()));
        } catch (EngineException e) {
            throw e.within("failed to create new sandbox: failed to create sandbox with " + sandboxer + " sandboxer");
        }
        Connection.call(() -> controller.start(ControllerStartRequest.newBuilder()
                .setSandboxId(id)
                .setSandboxer(sandboxer)
                .build()));
        session.terminal().line(id);
        return 0;
    }

    /// The namespace's own choice, else containerd's.
    private static String sandboxer(Connection connection) {
        return Connection.call(() -> connection
                        .stub(NamespacesGrpc::newBlockingStub)
                        .get(GetNamespaceRequest.newBuilder()
                                .setName(connection.namespace())
                                .build()))
                .getNamespace()
                .getLabelsOrDefault(SANDBOXER_LABEL, SANDBOXER);
    }

    private static int list(Line line, Session session) {
        var stub = session.connect(line).stub(StoreGrpc::newBlockingStub);
        var request = StoreListRequest.newBuilder()
                .addAllFilters(line.texts("filters"))
                .build();
        var table = Table.narrow().row("ID", "CREATED", "RUNTIME");
        Connection.call(() -> stub.list(request))
                .getListList()
                .forEach(sandbox -> table.row(
                        sandbox.getSandboxId(),
                        goTime(sandbox.getCreatedAt()),
                        sandbox.getRuntime().getName()));
        session.terminal().out().print(table.text());
        return 0;
    }

    /// As Go prints a time: `2006-01-02 15:04:05.999 +0000 UTC`.
    static String goTime(Timestamp time) {
        return GO_TIME.format(Wires.instant(time).atOffset(ZoneOffset.UTC)).replaceFirst("\\.?0+ \\+", " +");
    }

    private static Sandbox get(Connection connection, String id) {
        try {
            return Connection.call(() -> connection
                            .stub(StoreGrpc::newBlockingStub)
                            .get(StoreGetRequest.newBuilder().setSandboxId(id).build()))
                    .getSandbox();
        } catch (EngineException e) {
            throw e.within("failed to load sandbox " + id);
        }
    }

    private static int remove(Line line, Session session) {
        var connection = session.connect(line);
        var controller = connection.stub(ControllerGrpc::newBlockingStub);
        for (var id : line.arguments()) {
            try {
                remove(line, session, connection, controller, id);
            } catch (EngineException e) {
                session.terminal().log("ERROR: " + e.message()); // as ctr: told, and no failure
            }
        }
        return 0;
    }

    private static void remove(
            Line line, Session session, Connection connection, ControllerBlockingStub controller, String id) {

        var sandboxer = get(connection, id).getSandboxer();
        stop(controller, id, sandboxer, line.flag("force"), session);
        try {
            Connection.call(() -> controller.shutdown(ControllerShutdownRequest.newBuilder()
                    .setSandboxId(id)
                    .setSandboxer(sandboxer)
                    .build()));
        } catch (NotFound gone) {
            // only its record is left
        }
        Connection.call(() -> connection
                .stub(StoreGrpc::newBlockingStub)
                .delete(StoreDeleteRequest.newBuilder().setSandboxId(id).build()));
        session.terminal().log("INFO: deleted: " + id);
    }

    private static void stop(
            ControllerBlockingStub controller, String id, String sandboxer, boolean force, Session session) {
        try {
            Connection.call(() -> controller.stop(ControllerStopRequest.newBuilder()
                    .setSandboxId(id)
                    .setSandboxer(sandboxer)
                    .build()));
        } catch (EngineException e) {
            if (!force) {
                throw e.within("failed to stop sandbox " + id);
            }
            session.terminal().log("ERROR: failed to stop sandbox " + id + ": " + e.message());
        }
    }

    private static int info(Line line, Session session) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("sandbox id must be provided: invalid argument");
        }
        var sandbox = get(session.connect(line), line.argument(0));
        var tree = Json.object();
        tree.put("ID", sandbox.getSandboxId());
        var labels = tree.putObject("Labels");
        sandbox.getLabelsMap().forEach(labels::put);
        tree.putObject("Runtime").put("Name", sandbox.getRuntime().getName());
        tree.putObject("Spec")
                .put("type_url", sandbox.getSpec().getTypeUrl())
                .put("value", sandbox.getSpec().getValue().toByteArray());
        tree.put("Sandboxer", sandbox.getSandboxer());
        tree.put("CreatedAt", Wires.instant(sandbox.getCreatedAt()).toString());
        tree.put("UpdatedAt", Wires.instant(sandbox.getUpdatedAt()).toString());
        var extensions = tree.putObject("Extensions");
        sandbox.getExtensionsMap()
                .forEach((name, any) -> extensions.putObject(name).put("type_url", any.getTypeUrl()));
        session.terminal().line(Json.pretty(tree, "    "));
        return 0;
    }
}
