package dev.coracle.shim;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.bootstrap.BootstrapResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// How to reach a shim: what it answered when it was started, kept in `bootstrap.json` of its
/// bundle for the daemons to come.
///
/// @param version of the task API, 2 or 3
/// @param socket its unix socket
record Bootstrap(int version, Path socket) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NEWEST = 3;
    private static final String FILE = "bootstrap.json";
    private static final String OLD_FILE = "address";
    private static final String UNIX = "unix://";
    private static final String TTRPC = "ttrpc";

    /// Reads what a shim wrote when it was started: a protobuf message, JSON, or an address alone.
    ///
    /// @throws FailedPrecondition when it is none of them
    /// @throws NotImplemented when the shim wants to be spoken to in another way
    static Bootstrap parse(byte[] output) {
        var text = new String(output, StandardCharsets.UTF_8).strip();
        if (text.startsWith("{")) {
            return json(text);
        }
        if (text.startsWith(UNIX)) {
            return of(2, text, TTRPC);
        }
        try {
            var result = BootstrapResult.parseFrom(output);
            if (!result.getAddress().isEmpty()) {
                return of(result.getVersion(), result.getAddress(), result.getProtocol());
            }
        } catch (InvalidProtocolBufferException _) {
            // said below: it is none of the three
        }
        throw new FailedPrecondition("start the shim: it answered \"" + printable(text) + "\", which is no address");
    }

    private static Bootstrap json(String text) {
        try {
            var tree = JSON.readTree(text);
            return of(
                    tree.path("version").asInt(0),
                    tree.path("address").asString(""),
                    tree.path("protocol").asString(""));
        } catch (JacksonException e) {
            throw new FailedPrecondition("start the shim: it answered \"" + printable(text) + "\"", e);
        }
    }

    private static Bootstrap of(int version, String address, String protocol) {
        if (version < 2 || version > NEWEST) {
            throw new NotImplemented("start the shim: it speaks version " + version + " of the task API, not 2 or 3");
        }
        if (!protocol.isEmpty() && !protocol.equals(TTRPC)) {
            throw new NotImplemented("start the shim: it speaks " + printable(protocol) + ", not ttrpc");
        }
        var path = address.startsWith(UNIX) ? address.substring(UNIX.length()) : "";
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new NotImplemented(
                    "start the shim: it listens on \"" + printable(address) + "\", which is no unix socket");
        }
        return new Bootstrap(version, Path.of(path));
    }

    private static String printable(String text) {
        var shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    /// What an earlier daemon kept in a bundle; empty when the shim had not answered yet.
    static Optional<Bootstrap> read(Path bundle) throws IOException {
        for (var name : new String[] {FILE, OLD_FILE}) {
            try {
                return Optional.of(parse(Files.readAllBytes(bundle.resolve(name))));
            } catch (NoSuchFileException _) {
                // perhaps under the older name
            }
        }
        return Optional.empty();
    }

    void write(Path bundle) throws IOException {
        var beside = bundle.resolve(FILE + ".new");
        Files.writeString(
                beside,
                JSON.writeValueAsString(JSON.createObjectNode()
                        .put("version", version)
                        .put("address", UNIX + socket)
                        .put("protocol", TTRPC)));
        Files.move(beside, bundle.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
