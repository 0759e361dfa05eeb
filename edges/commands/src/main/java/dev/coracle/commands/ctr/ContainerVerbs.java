package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.oci.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// `ctr containers`.
final class ContainerVerbs {
    private ContainerVerbs() {}

    static Verb<Session> verb() {
        var verbs = new ArrayList<>(records());
        verbs.addAll(CheckpointVerbs.container());
        return Verb.group("containers c container", "Manage containers", verbs);
    }

    private static List<Verb<Session>> records() {
        return List.of(
                Verb.of(
                        "create",
                        "Create container",
                        "[flags] Image|RootFS CONTAINER [COMMAND] [ARG...]",
                        RunFlags.container(),
                        ContainerVerbs::create),
                Verb.of(
                        "delete del remove rm",
                        "Delete one or more existing containers",
                        "[flags] CONTAINER [CONTAINER, ...]",
                        List.of(Flag.bool("keep-snapshot", "Leave the container's snapshot")),
                        ContainerVerbs::delete),
                Verb.of(
                        "info",
                        "Get info about a container",
                        "CONTAINER",
                        List.of(Flag.bool("spec", "Only the OCI configuration")),
                        ContainerVerbs::info),
                Verb.of(
                        "list ls",
                        "List containers",
                        "[flags] [<filter>, ...]",
                        List.of(Flag.bool("quiet q", "Print only the container id")),
                        ContainerVerbs::list),
                Verb.of(
                        "label",
                        "Set and clear labels for a container",
                        "[flags] CONTAINER [<key>=<value>, ...]",
                        List.of(),
                        ContainerVerbs::label));
    }

    static String id(Line line) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("container id must be provided: invalid argument");
        }
        return line.argument(0);
    }

    private static int create(Line line, Session session) throws IOException {
        var id = NewContainer.id(line);
        new NewContainer(line, session, session.connect(line)).create();
        RunVerbs.write(line.text("cidfile"), id, session);
        return 0;
    }

    private static int delete(Line line, Session session) {
        if (line.arguments().isEmpty()) {
            throw UsageFailure.of("must specify at least one container to delete: invalid argument");
        }
        var containers = new Containers(session.connect(line));
        return Each.of(
                line.arguments(),
                "failed to delete container \"%s\"",
                session,
                id -> containers.deleteStopped(id, line.flag("keep-snapshot")));
    }

    private static int list(Line line, Session session) {
        var found = new Containers(session.connect(line)).list(line.arguments());
        if (line.flag("quiet")) {
            found.forEach(container -> session.terminal().line(container.getId()));
            return 0;
        }
        var table = Table.wide().row("CONTAINER", "IMAGE", "RUNTIME");
        found.forEach(container -> table.row(
                container.getId(),
                container.getImage().isEmpty() ? "-" : container.getImage(),
                container.getRuntime().getName()));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int label(Line line, Session session) {
        var id = id(line);
        Connection connection = session.connect(line);
        var updated = new Containers(connection).label(id, Line.labels(line.argumentsFrom(1)));
        session.terminal().line(Views.labels(updated.getLabelsMap(), ""));
        return 0;
    }

    private static int info(Line line, Session session) {
        var container = new Containers(session.connect(line)).get(id(line));
        var tree = line.flag("spec") ? Containers.spec(container).json() : tree(container);
        session.terminal().line(Json.pretty(tree, "    "));
        return 0;
    }

    private static ObjectNode tree(Container container) {
        var tree = Json.object();
        tree.put("ID", container.getId());
        var labels = tree.putObject("Labels");
        new TreeMap<>(container.getLabelsMap()).forEach(labels::put);
        tree.put("Image", container.getImage());
        var runtime =
                tree.putObject("Runtime").put("Name", container.getRuntime().getName());
        var options = container.getRuntime().getOptions();
        if (options.getTypeUrl().isEmpty()) {
            runtime.putNull("Options");
        } else {
            runtime.putObject("Options")
                    .put("type_url", options.getTypeUrl())
                    .put(
                            "value",
                            Base64.getEncoder()
                                    .encodeToString(options.getValue().toByteArray()));
        }
        tree.put("SnapshotKey", container.getSnapshotKey())
                .put("Snapshotter", container.getSnapshotter())
                .put("CreatedAt", Wires.instant(container.getCreatedAt()).toString())
                .put("UpdatedAt", Wires.instant(container.getUpdatedAt()).toString())
                .putNull("Extensions")
                .put("SandboxID", container.getSandbox());
        if (!container.getSpec().getValue().isEmpty()) {
            tree.set("Spec", Containers.spec(container).json());
        }
        return tree;
    }
}
