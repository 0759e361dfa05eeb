package dev.coracle.commands.ctr;

import com.google.protobuf.FieldMask;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.DeleteNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.ListNamespacesRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc.NamespacesBlockingStub;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceRequest;
import java.util.List;

/// `ctr namespaces`.
final class NamespaceVerbs {
    private NamespaceVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "namespaces namespace ns",
                "Manage namespaces",
                List.of(
                        Verb.of(
                                "create c",
                                "Create a new namespace",
                                "<name> [<key>=<value>]",
                                List.of(),
                                NamespaceVerbs::create),
                        Verb.of(
                                "list ls",
                                "List namespaces",
                                "[flags]",
                                List.of(Flag.bool("quiet q", "Print only the namespace name")),
                                NamespaceVerbs::list),
                        Verb.of(
                                "remove rm",
                                "Remove one or more namespaces",
                                "<name> [<name>, ...]",
                                List.of(Flag.bool("cgroup c", "Delete the namespace's cgroup")),
                                NamespaceVerbs::remove),
                        Verb.of(
                                "label",
                                "Set and clear labels for a namespace",
                                "<name> [<key>=<value>, ...]",
                                List.of(),
                                NamespaceVerbs::label)));
    }

    private static NamespacesBlockingStub stub(Line line, Session session) {
        return session.connect(line).stub(NamespacesGrpc::newBlockingStub);
    }

    private static String name(Line line) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please specify a namespace");
        }
        return line.argument(0);
    }

    private static int create(Line line, Session session) {
        var namespace = Namespace.newBuilder().setName(name(line)).putAllLabels(Line.labels(line.argumentsFrom(1)));
        var request =
                CreateNamespaceRequest.newBuilder().setNamespace(namespace).build();
        var stub = stub(line, session);
        Connection.call(() -> stub.create(request));
        return 0;
    }

    private static int list(Line line, Session session) {
        var stub = stub(line, session);
        var names =
                Connection.call(() -> stub.list(ListNamespacesRequest.getDefaultInstance()))
                        .getNamespacesList()
                        .stream()
                        .map(Namespace::getName)
                        .toList();
        if (line.flag("quiet")) {
            names.forEach(session.terminal()::line);
            return 0;
        }
        var table = Table.narrow().row("NAME", "LABELS");
        for (var name : names) {
            var request = GetNamespaceRequest.newBuilder().setName(name).build();
            var labels = Connection.call(() -> stub.get(request)).getNamespace().getLabelsMap();
            table.row(name, Views.labels(labels, ""));
        }
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int remove(Line line, Session session) {
        var stub = stub(line, session);
        return Each.of(line.arguments(), "unable to delete %s", session, name -> {
            var request = DeleteNamespaceRequest.newBuilder().setName(name).build();
            try {
                Connection.call(() -> stub.delete(request));
            } catch (NotFound gone) {
                // what is gone is removed
            } catch (EngineException e) {
                throw e.within("unable to delete " + name);
            }
            session.terminal().line(name);
        });
    }

    private static int label(Line line, Session session) {
        var name = name(line);
        var stub = stub(line, session);
        Line.labels(line.argumentsFrom(1)).forEach((key, value) -> {
            var request = UpdateNamespaceRequest.newBuilder()
                    .setNamespace(Namespace.newBuilder().setName(name).putLabels(key, value))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("labels." + key))
                    .build();
            Connection.call(() -> stub.update(request));
        });
        return 0;
    }
}
