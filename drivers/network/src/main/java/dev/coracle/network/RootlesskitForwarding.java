package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.network.Document.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Has ports forwarded by the launcher, over its REST API version 1, when this process is inside the
/// launcher's network namespace and cannot listen on the host.
final class RootlesskitForwarding implements Forwarding {
    private static final int LARGEST = 1 << 20;
    private static final int FIRST_FREE = 49_153;
    private static final int LAST_FREE = 65_535;
    private static final int TRIES = 64;

    private final Path socket;
    private final RandomGenerator random;

    RootlesskitForwarding(Path socket, RandomGenerator random) {
        this.socket = socket;
        this.random = random;
    }

    /// An answer of the launcher.
    private record Answer(int status, String body) {
        boolean isGood() {
            return status / 100 == 2;
        }

        String message() {
            try {
                return Document.read(body).text("message");
            } catch (EngineException unreadable) {
                return "unexpected status " + status;
            }
        }
    }

    @Override
    public boolean hasFamily(boolean ipv6) {
        // what the host has is the launcher's to know; one address for both is what it makes of 0.0.0.0
        return !ipv6;
    }

    @Override
    public Port open(PortBinding binding, InetAddress target) throws IOException {
        if (binding.hostPort() != 0) {
            return add(binding, target);
        }
        for (var tries = 1; ; tries++) {
            var chosen = new PortBinding(
                    binding.protocol(),
                    binding.hostAddress(),
                    random.nextInt(FIRST_FREE, LAST_FREE + 1),
                    binding.containerPort());
            try {
                return add(chosen, target);
            } catch (Conflict taken) {
                if (tries == TRIES) {
                    throw taken;
                }
            }
        }
    }

    private Port add(PortBinding binding, InetAddress target) throws IOException {
        var spec = spec(binding, target);
        var kept = find(spec);
        if (kept.isPresent()) {
            // a daemon before this one had it made
            return new Kept(kept.get(), binding);
        }
        var answer = ask("POST", "/v1/ports", json(spec));
        if (answer.isGood()) {
            return new Kept(Document.read(answer.body()).text("id"), binding);
        }
        throw refused(binding, answer);
    }

    private static Map<String, String> spec(PortBinding binding, InetAddress target) {
        var spec = new LinkedHashMap<String, String>();
        var word = binding.protocol().name().toLowerCase(Locale.ROOT);
        var address = Cidr.address(binding.hostAddress());
        // without a digit, 0.0.0.0 is all addresses of both families
        var both = address.isAnyLocalAddress() && address.getAddress().length == 4;
        spec.put("proto", both ? word : word + (address.getAddress().length == 4 ? "4" : "6"));
        spec.put("parentIP", binding.hostAddress());
        spec.put("parentPort", Integer.toString(binding.hostPort()));
        spec.put("childIP", Cidr.text(target));
        spec.put("childPort", Integer.toString(binding.containerPort()));
        return spec;
    }

    private static String json(Map<String, String> spec) {
        return """
                {"proto":"%s","parentIP":"%s","parentPort":%s,"childIP":"%s","childPort":%s}""".formatted(
                        spec.get("proto"),
                        spec.get("parentIP"),
                        spec.get("parentPort"),
                        spec.get("childIP"),
                        spec.get("childPort"));
    }

    private Optional<String> find(Map<String, String> spec) throws IOException {
        var answer = ask("GET", "/v1/ports", "");
        if (!answer.isGood()) {
            return Optional.empty();
        }
        return Document.readList(answer.body()).stream()
                .filter(port -> matches(port, spec))
                .map(port -> port.text("id"))
                .findFirst();
    }

    private static boolean matches(Fields port, Map<String, String> spec) {
        var found = port.map("spec");
        return spec.entrySet().stream().allMatch(field -> field.getValue().equals(found.get(field.getKey())));
    }

    private static EngineException refused(PortBinding binding, Answer answer) {
        var attempt = "publish port " + Ports.written(binding) + ": ";
        var message = answer.message();
        if (message.contains("no PortDriver")) {
            return new FailedPrecondition(attempt + "the launcher forwards no ports")
                    .remedy("start it with --port-driver=builtin, or with --detach-netns");
        }
        if (message.contains("address already in use") || message.contains("conflict with ID")) {
            return new Conflict(attempt + "it is in use on this host: " + message);
        }
        if (message.contains("permission denied") || message.contains("privileged port")) {
            return RelayForwarding.privileged(binding, attempt, new IOException(message));
        }
        return new Internal(attempt + message);
    }

    private Answer ask(String method, String path, String body) throws IOException {
        var request =
                "%s %s HTTP/1.0\r\nHost: rootlesskit\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(method, path, body.length(), body);
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            return answer(read(channel));
        } catch (IOException e) {
            throw new Unavailable("ask the launcher at " + socket + " to forward ports: " + e.getMessage(), e);
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(1 << 13);
        while (channel.read(buffer.clear()) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            if (all.size() > LARGEST) {
                throw new IOException("more than " + LARGEST + " bytes");
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Answer answer(String text) throws IOException {
        var end = text.indexOf("\r\n\r\n");
        var words = text.split(" ", 3);
        if (end < 0 || words.length < 2 || !words[1].matches("[0-9]{3}")) {
            throw new IOException("not an HTTP answer");
        }
        return new Answer(Integer.parseInt(words[1]), text.substring(end + 4));
    }

    private final class Kept implements Port {
        private final String id;
        private final PortBinding binding;

        Kept(String id, PortBinding binding) {
            this.id = id;
            this.binding = binding;
        }

        @Override
        public PortBinding binding() {
            return binding;
        }

        @Override
        public void close() throws IOException {
            var answer = ask("DELETE", "/v1/ports/" + id, "");
            if (!answer.isGood() && !answer.message().contains("unknown id")) {
                throw new IOException(answer.message());
            }
        }

        /// The container stays, and so does the way to it.
        @Override
        public void letGo() {}
    }

    @Override
    public void close() {}
}
