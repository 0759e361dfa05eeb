package dev.coracle.engine.containers;

import dev.coracle.core.networks.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// The three files in `/etc` that say what a container is called and whom it asks for names.
final class EtcFiles {
    static final String RESOLV_CONF = "resolv.conf";
    static final String HOSTS = "hosts";
    static final String HOSTNAME = "hostname";
    private static final String HOST_GATEWAY = "host-gateway";
    private static final List<String> HOST_NAMES = List.of("host.docker.internal", "host.containers.internal");

    private final Folders folders;
    private final Path hostResolvConf;

    EtcFiles(Folders folders, Path hostResolvConf) {
        this.folders = folders;
        this.hostResolvConf = hostResolvConf;
    }

    /// @param hostAddress by which the container reaches the host; empty when it does not
    /// @param linked more lines for the hosts file, `address names`
    void write(ContainerDoc doc, Optional<Sandbox> sandbox, String hostAddress, List<String> linked) {
        folders.write(doc, HOSTNAME, doc.config().hostname() + "\n");
        folders.write(doc, HOSTS, hosts(doc, sandbox, hostAddress, linked));
        folders.write(doc, RESOLV_CONF, resolvConf(doc, sandbox));
    }

    private static String hosts(ContainerDoc doc, Optional<Sandbox> sandbox, String hostAddress, List<String> linked) {
        var lines = new ArrayList<String>();
        lines.add("127.0.0.1\tlocalhost");
        lines.add("::1\tlocalhost ip6-localhost ip6-loopback");
        lines.add("fe00::0\tip6-localnet");
        lines.add("ff00::0\tip6-mcastprefix");
        lines.add("ff02::1\tip6-allnodes");
        lines.add("ff02::2\tip6-allrouters");
        var network = doc.options().network();
        for (var extra : network.extraHosts()) {
            var colon = extra.indexOf(':');
            var address = extra.substring(colon + 1);
            var resolved = address.equals(HOST_GATEWAY) ? hostAddress : address;
            if (!resolved.isEmpty()) {
                lines.add(resolved + "\t" + extra.substring(0, colon));
            }
        }
        if (!hostAddress.isEmpty()) {
            lines.add(hostAddress + "\t" + String.join(" ", HOST_NAMES));
        }
        lines.addAll(linked);
        var names = names(doc);
        var addresses = sandbox.stream()
                .flatMap(found -> found.endpoints().stream())
                .flatMap(endpoint -> endpoint.addresses().stream())
                .toList();
        addresses.forEach(address -> lines.add(address + "\t" + names));
        if (addresses.isEmpty()) {
            lines.add("127.0.1.1\t" + names);
        }
        return String.join("\n", lines) + "\n";
    }

    private static String names(ContainerDoc doc) {
        var host = doc.config().hostname();
        var domain = doc.options().network().domainname();
        return domain.isEmpty() ? host : host + "." + domain + " " + host;
    }

    private String resolvConf(ContainerDoc doc, Optional<Sandbox> sandbox) {
        var network = doc.options().network();
        var host = hostLines();
        var servers = sandbox.map(Sandbox::resolvers)
                .filter(resolvers -> !resolvers.isEmpty())
                .orElseGet(() -> network.dns().isEmpty() ? values(host, "nameserver") : network.dns());
        var search = network.dnsSearch().isEmpty() ? words(host, "search") : network.dnsSearch();
        var options = network.dnsOptions().isEmpty() ? words(host, "options") : network.dnsOptions();
        var text = new StringBuilder();
        servers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
        if (!search.isEmpty() && !search.equals(List.of("."))) {
            text.append("search ").append(String.join(" ", search)).append('\n');
        }
        if (!options.isEmpty()) {
            text.append("options ").append(String.join(" ", options)).append('\n');
        }
        return text.toString();
    }

    private List<String> hostLines() {
        try {
            return Files.readAllLines(hostResolvConf);
        } catch (IOException none) {
            return List.of();
        }
    }

    private static List<String> values(List<String> lines, String keyword) {
        return lines.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(keyword + " ") || line.startsWith(keyword + "\t"))
                .map(line -> line.substring(keyword.length()).strip())
                .toList();
    }

    private static List<String> words(List<String> lines, String keyword) {
        var found = new LinkedHashSet<String>();
        values(lines, keyword).forEach(line -> found.addAll(List.of(line.split("\\s+"))));
        return List.copyOf(found);
    }
}
