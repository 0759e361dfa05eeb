package dev.coracle.cli.containers;

import dev.coracle.cli.line.UsageFailure;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What `-p` and `--expose` mean: `[ip:][host[-host]:]container[-container][/protocol]`. Ranges of
/// one size belong together port by port; of a range for one port of the container, the first that is
/// free is taken.
final class PortFlags {
    private static final int MOST = 65_535;

    private PortFlags() {}

    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    static List<PortBinding> published(List<String> words) {
        return words.stream().flatMap(word -> one(word).stream()).toList();
    }

    private static List<PortBinding> one(String word) {
        var slash = word.indexOf('/');
        var protocol = protocol(slash < 0 ? "tcp" : word.substring(slash + 1));
        var rest = slash < 0 ? word : word.substring(0, slash);
        var last = rest.lastIndexOf(':');
        var container = range(rest.substring(last + 1), "containerPort");
        var front = last < 0 ? "" : rest.substring(0, last);
        var middle = front.endsWith("]") ? -1 : front.lastIndexOf(':');
        var hostWord = last < 0 ? "" : front.substring(middle + 1);
        var address = middle < 0 ? "" : address(front.substring(0, middle));
        var host = hostWord.isEmpty() ? new Range(0, 0) : range(hostWord, "hostPort");
        var any = hostWord.isEmpty() || host.equals(new Range(0, 0));
        if (!any && container.size() == 1) {
            return List.of(new PortBinding(protocol, address, host.first(), host.last(), container.first(), false));
        }
        if (!any && host.size() != container.size()) {
            throw UsageFailure.of("invalid ranges specified for container and host Ports: " + rest.substring(last + 1)
                    + " and " + hostWord);
        }
        var bindings = new ArrayList<PortBinding>();
        for (var i = 0; i < container.size(); i++) {
            bindings.add(new PortBinding(protocol, address, any ? 0 : host.first() + i, container.first() + i));
        }
        return bindings;
    }

    private static String address(String text) {
        var bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        var v6 = bare.indexOf(':') >= 0 && text.startsWith("[") && bare.matches("[0-9a-fA-F:.%a-z]+");
        var v4 = bare.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}");
        if (!v4 && !v6) {
            throw UsageFailure.of("invalid IP address: " + text);
        }
        return bare;
    }

    private static Protocol protocol(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            case "sctp" -> throw UsageFailure.of("invalid proto: sctp: only tcp and udp are forwarded");
            default -> throw UsageFailure.of("invalid proto: " + word);
        };
    }

    private static Range range(String text, String what) {
        var dash = text.indexOf('-');
        var first = port(dash < 0 ? text : text.substring(0, dash), text, what);
        var last = dash < 0 ? first : port(text.substring(dash + 1), text, what);
        if (last < first) {
            throw UsageFailure.of("invalid " + what + ": " + text);
        }
        return new Range(first, last);
    }

    private static int port(String digits, String text, String what) {
        if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > MOST) {
            throw UsageFailure.of("invalid " + what + ": " + text);
        }
        return Integer.parseInt(digits);
    }

    /// `80`, `80-90/udp` as one `port/protocol` each.
    static List<String> exposed(List<String> words) {
        var all = new ArrayList<String>();
        for (var word : words) {
            var slash = word.indexOf('/');
            var protocol = protocol(slash < 0 ? "tcp" : word.substring(slash + 1));
            var range = range(slash < 0 ? word : word.substring(0, slash), "range format for --expose");
            for (var port = range.first(); port <= range.last(); port++) {
                all.add(port + "/" + protocol.name().toLowerCase(Locale.ROOT));
            }
        }
        return List.copyOf(all);
    }
}
