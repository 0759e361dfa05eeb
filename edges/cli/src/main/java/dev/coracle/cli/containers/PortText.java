package dev.coracle.cli.containers;

import dev.coracle.core.networks.PortBinding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The column PORTS as docker has it. Ports that follow each other and have the same number on
/// both sides are one range, for each address and protocol; then come those that have another
/// number outside, one by one.
final class PortText {
    private PortText() {}

    /// @param address where it is published; empty for a port that is only exposed
    private record Port(int inside, String protocol, String address, int outside) {
        boolean isMoved() {
            return !address.isEmpty() && inside != outside;
        }

        String group() {
            return address + "/" + protocol;
        }
    }

    private record Range(Port first, int last) {
        String text() {
            var numbers = first.inside() == last ? Integer.toString(last) : first.inside() + "-" + last;
            var where = first.address().isEmpty() ? "" : first.address() + ":" + numbers + "->";
            return where + numbers + "/" + first.protocol();
        }
    }

    /// @param exposed `port/protocol` each; those that are published are not said twice
    static String of(List<PortBinding> published, List<String> exposed) {
        var known = published.stream().map(ContainerText::port).toList();
        var ports = Stream.concat(
                        published.stream().map(PortText::published),
                        exposed.stream().filter(port -> !known.contains(port)).map(PortText::exposed))
                .sorted(Comparator.comparingInt(Port::inside)
                        .thenComparing(Port::address)
                        .thenComparingInt(Port::outside)
                        .thenComparing(Port::protocol))
                .toList();
        var ranges = ranges(ports.stream().filter(port -> !port.isMoved()).toList()).stream()
                .map(Range::text);
        var moved = ports.stream()
                .filter(Port::isMoved)
                .map(port -> port.address() + ":" + port.outside() + "->" + port.inside() + "/" + port.protocol());
        return Stream.concat(ranges, moved).collect(Collectors.joining(", "));
    }

    private static Port published(PortBinding binding) {
        var address = ContainerText.address(binding);
        return new Port(
                binding.containerPort(),
                ContainerText.port(binding).replaceFirst(".*/", ""),
                address.substring(0, address.lastIndexOf(':')),
                binding.hostPort());
    }

    private static Port exposed(String text) {
        var slash = text.indexOf('/');
        return new Port(Integer.parseInt(text.substring(0, slash)), text.substring(slash + 1), "", 0);
    }

    /// Those that came to an end first, then the last one of each group.
    private static List<Range> ranges(List<Port> ports) {
        var done = new ArrayList<Range>();
        Map<String, Range> open = new LinkedHashMap<>();
        for (var port : ports) {
            var range = open.get(port.group());
            if (range != null && port.inside() == range.last() + 1) {
                open.replace(port.group(), new Range(range.first(), port.inside()));
                continue;
            }
            if (range != null) {
                done.add(range);
                open.replace(port.group(), new Range(port, port.inside()));
            } else {
                open.put(port.group(), new Range(port, port.inside()));
            }
        }
        done.addAll(open.values());
        return done;
    }
}
