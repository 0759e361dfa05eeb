package dev.coracle.cli.networks;

import dev.coracle.cli.Session;
import dev.coracle.cli.containers.KeyValues;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.core.networks.NetworkSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// `network create`.
final class CreateNetworkCommand {
    private CreateNetworkCommand() {}

    static Command command() {
        return Command.of("create", "NETWORK", "Create a network")
                .flags(
                        Flag.text("driver", "Driver of the network").letter('d').fallback("bridge"),
                        Flag.each("opt", "Option of the driver: mtu, icc, ip-masq")
                                .letter('o'),
                        Flag.text("ipam-driver", "Driver of addresses").fallback("default"),
                        Flag.each("ipam-opt", "Option of the driver of addresses"),
                        Flag.list("subnet", "Addresses of the network, in CIDR notation"),
                        Flag.list("gateway", "Address of the gateway, one for each subnet"),
                        Flag.list("ip-range", "The part of each subnet that containers get"),
                        Flag.each("label", "Label of the network: key=value").letter('l'),
                        Flag.bool("ipv6", "Give IPv6 addresses, too"),
                        Flag.bool("internal", "Without a way out"),
                        Flag.bool("attachable", "Without effect"))
                .takes(Arity.exactly(1))
                .does(CreateNetworkCommand::run);
    }

    private static int run(Session session, Line line) throws IOException {
        if (!List.of("default", "host-local").contains(line.text("ipam-driver"))) {
            throw UsageFailure.of("--ipam-driver " + line.text("ipam-driver") + ": addresses are given by the engine");
        }
        if (line.has("ipam-opt")) {
            throw UsageFailure.of("--ipam-opt: the engine's giving of addresses has no options");
        }
        var spec = new NetworkSpec(
                line.argument(0),
                line.text("driver"),
                subnets(line),
                line.is("ipv6"),
                line.is("internal"),
                KeyValues.map(line.texts("opt")),
                KeyValues.labels(session, line, false));
        session.out().line(session.engine().networks().create(spec).id());
        return 0;
    }

    private static List<NetworkSpec.Subnet> subnets(Line line) {
        var subnets = line.texts("subnet");
        var gateways = line.texts("gateway");
        var ranges = line.texts("ip-range");
        if (gateways.size() > subnets.size() || ranges.size() > subnets.size()) {
            throw UsageFailure.of("every ip-range or gateway must have a corresponding subnet");
        }
        return new ArrayList<>(IntStream.range(0, subnets.size())
                .mapToObj(i -> new NetworkSpec.Subnet(
                        subnets.get(i),
                        i < gateways.size() ? gateways.get(i) : "",
                        i < ranges.size() ? ranges.get(i) : ""))
                .toList());
    }
}
