package dev.coracle.userns;

import dev.coracle.relay.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the two halves of the port driver say to each other, one packet each: what the parent listens on travels with
/// the
/// request.
sealed interface PortRequest {
    int MOST_BYTES = 1 << 10;

    /// Forward what this listens on.
    record Add(int id, boolean tcp, Target target) implements PortRequest {}

    record Remove(int id) implements PortRequest {}

    default byte[] bytes() {
        return switch (this) {
            case Remove(var id) -> packet(List.of("remove", Integer.toString(id)));
            case Add(var id, var tcp, var target) -> {
                var words = new ArrayList<>(List.of(
                        "add",
                        Integer.toString(id),
                        tcp ? "tcp" : "udp",
                        target.source().name()));
                words.addAll(words(target.address()));
                target.otherwise().ifPresent(address -> words.addAll(words(address)));
                yield packet(words);
            }
        };
    }

    private static List<String> words(InetSocketAddress address) {
        return List.of(address.getAddress().getHostAddress(), Integer.toString(address.getPort()));
    }

    static byte[] packet(List<String> words) {
        return String.join("\n", words).getBytes(StandardCharsets.UTF_8);
    }

    static List<String> words(byte[] packet) {
        return List.of(new String(packet, StandardCharsets.UTF_8).split("\n", -1));
    }

    static PortRequest parse(byte[] packet) throws IOException {
        var words = words(packet);
        try {
            var id = Integer.parseInt(words.get(1));
            return switch (words.getFirst()) {
                case "remove" -> new Remove(id);
                case "add" ->
                    new Add(
                            id,
                            words.get(2).equals("tcp"),
                            new Target(
                                    address(words, 4),
                                    words.size() > 6 ? Optional.of(address(words, 6)) : Optional.empty(),
                                    Target.Source.valueOf(words.get(3))));
                default -> throw new IllegalArgumentException("unknown");
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
            throw new IOException("talk to the port driver: unexpected request " + words, wrong);
        }
    }

    private static InetSocketAddress address(List<String> words, int at) {
        return new InetSocketAddress(InetAddress.ofLiteral(words.get(at)), Integer.parseInt(words.get(at + 1)));
    }
}
