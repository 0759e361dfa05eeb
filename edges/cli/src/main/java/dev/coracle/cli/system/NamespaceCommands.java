package dev.coracle.cli.system;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.containers.ContainerText;
import dev.coracle.cli.containers.KeyValues;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.view.Listing;
import dev.coracle.core.types.FieldMask;
import dev.coracle.gotemplate.GoStruct;
import java.util.List;
import java.util.TreeMap;

/// `namespace create`, `inspect`, `ls`, `remove` and `update`.
public final class NamespaceCommands {
    private static final Flag LABEL =
            Flag.each("label", "Label of the namespace: key=value").letter('l');

    private NamespaceCommands() {}

    public static List<Command> all() {
        return List.of(create(), inspect(), list(), remove(), update());
    }

    private static Command create() {
        return Command.of("create", "NAMESPACE", "Create a namespace")
                .flags(LABEL)
                .takes(Arity.exactly(1))
                .does((session, line) -> {
                    session.host().namespaces().create(line.argument(0), KeyValues.map(line.texts("label")));
                    return 0;
                });
    }

    private static Command update() {
        return Command.of("update", "NAMESPACE", "Change the labels of a namespace")
                .flags(LABEL)
                .takes(Arity.exactly(1))
                .does((session, line) -> {
                    var labels = KeyValues.map(line.texts("label"));
                    var paths =
                            labels.keySet().stream().map(key -> "labels." + key).toArray(String[]::new);
                    session.host().namespaces().update(line.argument(0), labels, FieldMask.of(paths));
                    return 0;
                });
    }

    private static Command remove() {
        return Command.of("remove", "NAMESPACE [NAMESPACE...]", "Remove empty namespaces")
                .alias("rm")
                .flags(Flag.bool("cgroup", "Without effect: namespaces have no cgroup")
                        .letter('c'))
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    session.host().namespaces().delete(name);
                    return name;
                }));
    }

    private static Command inspect() {
        return Command.of("inspect", "NAMESPACE [NAMESPACE...]", "Return all that is known about namespaces")
                .flags(Flag.text("format", "json, or a Go template").letter('f'))
                .takes(Arity.atLeast(1))
                .does((session, line) ->
                        Inspection.show(session, line.text("format"), line.arguments(), name -> struct(session, name)));
    }

    private static GoStruct struct(Session session, String name) {
        if (!session.host().namespaces().list().contains(name)) {
            throw new NotFound("namespace \"" + name + "\": not found");
        }
        return GoStruct.of("native.Namespace")
                .put("Name", name)
                .put("Labels", new TreeMap<>(session.host().namespaces().labels(name)))
                .build();
    }

    private static Command list() {
        return Command.of("ls", "", "List namespaces")
                .alias("list")
                .flags(
                        Flag.text("format", "table, json, or a Go template"),
                        Flag.bool("quiet", "Only show names").letter('q'))
                .does(NamespaceCommands::list);
    }

    private static int list(Session session, Line line) {
        listing(session)
                .show(
                        session,
                        line.text("format"),
                        line.is("quiet"),
                        session.host().namespaces().list());
        return 0;
    }

    private static Listing<String> listing(Session session) {
        var namespaces = session.host().namespaces();
        var engine = session.host().engine();
        return Listing.<String>of("namespace.namespace")
                .column("Name", "NAME", name -> name)
                .column(
                        "Containers",
                        "CONTAINERS",
                        name -> count(engine.in(name).containers().list()))
                .column(
                        "Images",
                        "IMAGES",
                        name -> count(engine.in(name).images().list()))
                .column(
                        "Volumes",
                        "VOLUMES",
                        name -> count(engine.in(name).volumes().list()))
                .column("Labels", "LABELS", name -> ContainerText.labels(namespaces.labels(name)))
                .labels((name, key) -> namespaces.labels(name).getOrDefault(key, ""))
                .identity("Name")
                .table("{{.Name}}\t{{.Containers}}\t{{.Images}}\t{{.Volumes}}\t{{.Labels}}");
    }

    private static String count(List<?> all) {
        return Integer.toString(all.size());
    }
}
