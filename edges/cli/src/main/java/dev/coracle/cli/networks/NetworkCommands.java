package dev.coracle.cli.networks;

import dev.coracle.cli.Session;
import dev.coracle.cli.containers.ContainerText;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.engine.networks.NetworkView;
import java.util.List;
import java.util.Set;

/// `network ls`, `inspect`, `rm`, `connect`, `disconnect` and `prune`.
public final class NetworkCommands {
    private NetworkCommands() {}

    public static List<Command> all() {
        return List.of(connect(), CreateNetworkCommand.command(), disconnect(), inspect(), list(), prune(), remove());
    }

    private static Command list() {
        return Command.of("ls", "", "List networks")
                .alias("list")
                .flags(
                        Filters.flag("Only networks of which this holds"),
                        Flag.text("format", "table, json, or a Go template"),
                        Flag.bool("no-trunc", "Show everything in full"),
                        Flag.bool("quiet", "Only show ids").letter('q'))
                .does(NetworkCommands::list);
    }

    private static int list(Session session, Line line) {
        var filters = Filters.of(line, Set.of("id", "name", "driver", "label", "scope", "type", "dangling"));
        var shown = session.engine().networks().list().stream()
                .filter(view -> filters.any("id", view.network().id()::startsWith))
                .filter(view -> filters.any("name", view.network().name()::contains))
                .filter(view -> filters.any("driver", view.network().spec().driver()::equals))
                .filter(view -> filters.any("scope", "local"::equals))
                .filter(view -> filters.any("type", (isBuiltin(view) ? "builtin" : "custom")::equals))
                .filter(view -> filters.any(
                        "dangling",
                        text -> Filters.bool("dangling", text)
                                == (view.members().isEmpty() && !isBuiltin(view))))
                .filter(view -> filters.labels(view.network().spec().labels()))
                .toList();
        listing(session, line.is("no-trunc")).show(session, line.text("format"), line.is("quiet"), shown);
        return 0;
    }

    private static boolean isBuiltin(NetworkView view) {
        return Set.of("bridge", "host", "none").contains(view.network().name());
    }

    private static Listing<NetworkView> listing(Session session, boolean whole) {
        return Listing.<NetworkView>of("*formatter.networkContext")
                .column(
                        "ID",
                        "NETWORK ID",
                        view -> whole
                                ? view.network().id()
                                : ContainerText.shortId(view.network().id()))
                .column("Name", "NAME", view -> view.network().name())
                .column("Driver", "DRIVER", view -> view.network().spec().driver())
                .column("Scope", "SCOPE", _ -> "local")
                .column("IPv4", "IPV4", _ -> "true")
                .column(
                        "IPv6",
                        "IPV6",
                        view -> Boolean.toString(view.network().spec().ipv6()))
                .column(
                        "Internal",
                        "INTERNAL",
                        view -> Boolean.toString(view.network().spec().internal()))
                .column(
                        "Labels",
                        "LABELS",
                        view -> ContainerText.labels(view.network().spec().labels()))
                .column(
                        "CreatedAt",
                        "CREATED AT",
                        view -> Units.time(
                                view.network().createdAt(), session.host().zone()))
                .labels((view, key) -> view.network().spec().labels().getOrDefault(key, ""))
                .identity("ID")
                .table("{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}");
    }

    private static Command inspect() {
        return Command.of("inspect", "NETWORK [NETWORK...]", "Return all that is known about networks")
                .flags(
                        Flag.text("format", "json, or a Go template").letter('f'),
                        Flag.text("mode", "Whose language: dockercompat").fallback("dockercompat"),
                        Flag.bool("verbose", "Without effect").letter('v'))
                .takes(Arity.atLeast(1))
                .does((session, line) -> Inspection.show(
                        session,
                        line.text("format"),
                        line.arguments(),
                        name -> NetworkJson.of(session.engine().networks().get(name))));
    }

    private static Command remove() {
        return Command.of("rm", "NETWORK [NETWORK...]", "Remove one or more networks")
                .alias("remove")
                .flags(Flag.bool("force", "Do not mind a network that is not there")
                        .letter('f'))
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    try {
                        return session.engine().networks().remove(name);
                    } catch (dev.coracle.base.EngineException.NotFound missing) {
                        if (line.is("force")) {
                            return "";
                        }
                        throw missing;
                    }
                }));
    }

    private static Command connect() {
        return Command.of("connect", "NETWORK CONTAINER", "Connect a container to a network")
                .flags(
                        Flag.list("alias", "More names of the container on the network"),
                        Flag.text("ip", "IPv4 address"),
                        Flag.text("ip6", "IPv6 address"),
                        Flag.text("mac-address", "MAC address"))
                .takes(Arity.exactly(2))
                .does((session, line) -> {
                    var spec = new EndpointSpec(
                            line.argument(0),
                            line.text("ip"),
                            line.text("ip6"),
                            line.text("mac-address"),
                            line.texts("alias"));
                    session.engine().containers().connect(line.argument(1), spec);
                    return 0;
                });
    }

    private static Command disconnect() {
        return Command.of("disconnect", "NETWORK CONTAINER", "Disconnect a container from a network")
                .flags(Flag.bool("force", "Without effect: it is always done").letter('f'))
                .takes(Arity.exactly(2))
                .does((session, line) -> {
                    session.engine().containers().disconnect(line.argument(1), line.argument(0));
                    return 0;
                });
    }

    private static Command prune() {
        return Command.of("prune", "", "Remove all networks that no container uses")
                .flags(
                        Flag.bool("force", "Do not ask").letter('f'),
                        Filters.flag("Only networks of which this holds (until=, label=)"))
                .does(NetworkCommands::prune);
    }

    private static int prune(Session session, Line line) {
        var filter = Filters.of(line, Set.of("until", "label", "label!")).prune(session.now());
        var warning = "This will remove all custom networks not used by at least one container.";
        if (session.confirm(warning, line.is("force"))) {
            var names = session.engine().networks().prune(filter);
            if (!names.isEmpty()) {
                session.out().line("Deleted Networks:");
                session.lines(names);
                session.out().line("");
            }
        }
        return 0;
    }
}
