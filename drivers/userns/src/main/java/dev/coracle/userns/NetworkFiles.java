package dev.coracle.userns;

import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The two files that name things in the new network: hosts and resolv.conf, kept in the state directory.
public final class NetworkFiles {
    private final Path state;

    public NetworkFiles(Path state) {
        this.state = state;
    }

    /// Writes both from the host's, which must still be in place.
    public void write(List<String> dns, String hostName) throws IOException {
        write("resolv.conf", resolvConf(lines(Path.of("/etc/resolv.conf")), dns));
        write("hosts", hosts(lines(Path.of("/etc/hosts")), hostName));
    }

    /// In place: what is mounted inside is this file, not its name.
    private void write(String name, String text) throws IOException {
        var file = state.resolve(name);
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException missing) {
            return List.of();
        }
    }

    /// The host's own name servers are out of reach or the wrong ones; search domains and options still hold.
    static String resolvConf(List<String> host, List<String> dns) {
        var lines = new ArrayList<String>();
        dns.forEach(server -> lines.add("nameserver " + server));
        host.stream()
                .map(String::strip)
                .filter(line -> line.startsWith("search ") || line.startsWith("options ") || line.startsWith("domain "))
                .forEach(lines::add);
        lines.add("");
        return String.join("\n", lines);
    }

    static String hosts(List<String> host, String hostName) {
        var lines = new ArrayList<>(host);
        for (var own : List.of("127.0.0.1 " + hostName, "::1 " + hostName)) {
            if (!lines.contains(own)) {
                lines.add(own);
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /// Puts both in the place of those in /etc. After a copy-up of /etc its links make room for plain files; without it
    /// the
    /// host's own inode is covered, until the host replaces that file.
    public void show(boolean etcIsCopied) throws IOException {
        for (var name : List.of("resolv.conf", "hosts")) {
            var place = Path.of("/etc", name);
            if (etcIsCopied) {
                Files.deleteIfExists(place);
                Files.createFile(place);
            } else if (!Files.exists(place)) {
                continue;
            }
            Mounts.bind(state.resolve(name), etcIsCopied ? place : place.toRealPath(), false);
        }
    }
}
