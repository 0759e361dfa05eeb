package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.line.Values;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Networks;
import dev.coracle.engine.containers.NetworkOptions;
import dev.coracle.engine.containers.NetworkOptions.Mode;
import java.util.ArrayList;
import java.util.List;

/// The flags about the container's network.
final class NetworkFlags {
    private static final String MAC = "([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}";

    static final List<Flag> FLAGS = List.of(
            Flag.each("network", "Network to connect to: a name, bridge, host, none, container:X or ns:PATH")
                    .alias("net"),
            Flag.list("publish", "Publish a port: [ip:][host:]container[/tcp|udp]")
                    .letter('p'),
            Flag.bool("publish-all", "Publish every exposed port on a free port of the host")
                    .letter('P'),
            Flag.list("expose", "Expose a port or a range of ports"),
            Flag.text("hostname", "Host name in the container").letter('h'),
            Flag.text("domainname", "Domain name in the container"),
            Flag.list("dns", "Name servers").checked(NetworkFlags::checkAddress),
            Flag.list("dns-search", "Search domains of the resolver"),
            Flag.list("dns-opt", "Options of the resolver").alias("dns-option"),
            Flag.list("add-host", "A line of /etc/hosts: name:address, or name:host-gateway")
                    .checked(NetworkFlags::checkHost),
            Flag.list("link", "Name another container in /etc/hosts: container[:alias]")
                    .checked(NetworkFlags::checkLink),
            Flag.text("ip", "IPv4 address on the first network"),
            Flag.text("ip6", "IPv6 address on the first network"),
            Flag.text("mac-address", "MAC address on the first network"),
            Flag.list("network-alias", "More names of the container on the first network")
                    .alias("net-alias"));

    private NetworkFlags() {}

    private static void checkAddress(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*")) {
            throw new BadValue("IP address is not correctly formatted: " + text);
        }
    }

    private static void checkHost(String text) {
        var at = separator(text);
        if (at <= 0 || at == text.length() - 1) {
            throw new BadValue("bad format for add-host: " + Values.quoted(text));
        }
        var address = text.substring(at + 1).replaceAll("^\\[|]$", "");
        if (!address.equals("host-gateway") && !address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:.*")) {
            throw new BadValue("invalid IP address in add-host: " + Values.quoted(address));
        }
    }

    private static void checkLink(String text) {
        if (!text.matches("[^:]+(:[^:]+)?")) {
            throw new BadValue("bad format for links: " + text);
        }
    }

    /// A host and its address are separated by `=` or by the first colon.
    private static int separator(String text) {
        var equals = text.indexOf('=');
        return equals >= 0 ? equals : text.indexOf(':');
    }

    static NetworkOptions read(Session session, Line line) {
        var mac = line.text("mac-address");
        if (!mac.isEmpty() && !mac.matches(MAC)) {
            throw UsageFailure.of(mac + " is not a valid mac address");
        }
        var settings = session.settings();
        return new NetworkOptions(
                mode(line),
                PortFlags.published(line.texts("publish")),
                line.is("publish-all"),
                PortFlags.exposed(line.texts("expose")),
                line.text("hostname"),
                line.text("domainname"),
                line.has("dns") ? line.texts("dns") : settings.of("dns"),
                line.has("dns-search") ? line.texts("dns-search") : settings.of("dns-search"),
                line.has("dns-opt") ? line.texts("dns-opt") : settings.of("dns-opt"),
                line.texts("add-host").stream().map(host -> host(session, host)).toList(),
                line.texts("link").stream()
                        .map(link -> link.contains(":") ? link : link + ":" + link)
                        .toList());
    }

    private static String host(Session session, String text) {
        var at = separator(text);
        var address = text.substring(at + 1).replaceAll("^\\[|]$", "");
        var gateway = session.settings().of("host-gateway-ip");
        return text.substring(0, at) + ":"
                + (address.equals("host-gateway") && !gateway.isEmpty() ? gateway.getFirst() : address);
    }

    static Mode mode(Line line) {
        var words = new ArrayList<String>();
        line.texts("network")
                .forEach(word -> words.addAll(word.contains("name=") ? List.of(word) : Values.split(word)));
        if (words.size() <= 1) {
            var word = words.isEmpty() ? "" : words.getFirst();
            if (word.startsWith("container:")) {
                return new Mode.OfContainer(word.substring("container:".length()));
            }
            if (word.startsWith("ns:")) {
                return new Mode.AtPath(word.substring("ns:".length()));
            }
            switch (word) {
                case "host" -> {
                    return new Mode.Host();
                }
                case "none" -> {
                    return new Mode.None();
                }
                default -> {}
            }
        }
        return new Mode.Bridged(bridged(line, words.isEmpty() ? List.of("bridge") : words));
    }

    private static List<EndpointSpec> bridged(Line line, List<String> words) {
        var endpoints = new ArrayList<EndpointSpec>();
        for (var word : words) {
            var alone = List.of("host", "none").contains(word) || word.startsWith("container:");
            if (alone) {
                throw UsageFailure.of("conflicting options: cannot attach both user-defined and non-user-defined"
                        + " network-modes: " + String.join(", ", words));
            }
            endpoints.add(endpoints.isEmpty() ? first(line, word) : endpoint(word));
        }
        return List.copyOf(endpoints);
    }

    private static EndpointSpec first(Line line, String word) {
        var given = endpoint(word);
        var aliases = new ArrayList<>(given.aliases());
        aliases.addAll(line.texts("network-alias"));
        return new EndpointSpec(
                given.network(),
                line.has("ip") ? line.text("ip") : given.address(),
                line.has("ip6") ? line.text("ip6") : given.address6(),
                line.has("mac-address") ? line.text("mac-address") : given.mac(),
                aliases);
    }

    /// A name, or `name=x,alias=y,ip=...`.
    private static EndpointSpec endpoint(String word) {
        if (!word.contains("name=")) {
            return EndpointSpec.of(word.equals("default") ? Networks.DEFAULT : word);
        }
        var aliases = new ArrayList<String>();
        var values = new java.util.HashMap<String, String>();
        for (var field : Values.split(word)) {
            var equals = field.indexOf('=');
            if (equals < 0) {
                throw UsageFailure.of("invalid network option: " + field + ": must be a key=value pair");
            }
            var key = field.substring(0, equals);
            var value = field.substring(equals + 1);
            switch (key) {
                case "alias" -> aliases.add(value);
                case "name", "ip", "ip6", "mac-address" -> values.put(key, value);
                default -> throw UsageFailure.of("invalid network option: " + key + ": is not supported");
            }
        }
        return new EndpointSpec(
                values.getOrDefault("name", ""),
                values.getOrDefault("ip", ""),
                values.getOrDefault("ip6", ""),
                values.getOrDefault("mac-address", ""),
                aliases);
    }
}
