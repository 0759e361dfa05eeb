package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.core.networks.PortBinding;
import java.util.Comparator;

/// `port`: where a container's ports are published.
public final class PortCommand {
    private PortCommand() {}

    public static Command command() {
        return Command.of("port", "CONTAINER [PRIVATE_PORT[/PROTO]]", "List the published ports of a container")
                .takes(new Arity(1, 2))
                .does(PortCommand::run);
    }

    private static int run(Session session, Line line) {
        var container = session.engine().containers().get(line.argument(0));
        var bindings = container.network().ports().stream()
                .sorted(Comparator.comparingInt(PortBinding::containerPort)
                        .thenComparing(PortBinding::protocol)
                        .thenComparing(PortBinding::hostAddress))
                .toList();
        if (line.arguments().size() == 1) {
            bindings.forEach(binding ->
                    session.out().line(ContainerText.port(binding) + " -> " + ContainerText.address(binding)));
            return 0;
        }
        var wanted = line.argument(1).contains("/") ? line.argument(1) : line.argument(1) + "/tcp";
        var found = bindings.stream()
                .filter(binding -> ContainerText.port(binding).equals(wanted))
                .toList();
        if (found.isEmpty()) {
            throw UsageFailure.of(
                    "Error: no public port '" + wanted + "' published for " + ContainerText.name(container));
        }
        found.forEach(binding -> session.out().line(ContainerText.address(binding)));
        return 0;
    }
}
