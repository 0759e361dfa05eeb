package dev.coracle.shim;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.containerd.api.bootstrap.BootstrapParams;
import dev.coracle.containerd.api.bootstrap.Extension;
import dev.coracle.containerd.api.shim.DeleteResponse;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.OpenFlag;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A shim's program and its three commands. `start` leaves a process behind that outlives us and
/// answers where that listens; `delete` removes what a shim that is gone has left; `-info` says what
/// the runtime can do.
///
/// What goes to and from a program are bytes, so both are files for the time of the call.
final class ShimProgram {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration DELETE = Duration.ofSeconds(10);
    private static final Duration INFO = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 1 << 20;

    private final Path program;
    private final ShimSettings settings;
    private final Spawner spawner;

    ShimProgram(Path program, ShimSettings settings, Spawner spawner) {
        this.program = program;
        this.settings = settings;
        this.spawner = spawner;
    }

    Path path() {
        return program;
    }

    /// Starts a shim for a container, whose bundle is complete. Shims from 2.3 on read bootstrap
    /// parameters; to older ones those are malformed runtime options, and they refuse them before
    /// they have done anything. So what is refused is tried again in the older way.
    Bootstrap start(String namespace, String id, Path bundle, TypedBytes options) {
        var arguments = arguments(settings, namespace, id, List.of(), "start");
        try {
            var input = parameters(namespace, id, options).toByteArray();
            return Bootstrap.parse(run("start", arguments, bundle, input, START, namespace));
        } catch (Unknown refused) {
            var input = options.isNone() ? new byte[0] : any(options).toByteArray();
            try {
                return Bootstrap.parse(run("start", arguments, bundle, input, START, namespace));
            } catch (Unknown e) {
                e.addSuppressed(refused);
                throw e;
            }
        }
    }

    /// Has a dead shim's leavings removed. Answers how the container ended, as far as the program
    /// knows.
    DeleteResponse delete(String namespace, String id, Path bundle) {
        var output = run(
                "delete",
                arguments(settings, namespace, id, List.of("-bundle", bundle.toString()), "delete"),
                bundle,
                new byte[0],
                DELETE,
                namespace);
        try {
            return DeleteResponse.parseFrom(output);
        } catch (InvalidProtocolBufferException e) {
            throw new Unknown("have " + program + " delete " + id + ": it answered no DeleteResponse", e);
        }
    }

    /// What the runtime says of itself, as bytes of a `containerd.types.RuntimeInfo`.
    byte[] info(TypedBytes options, Path folder) {
        return run("-info", List.of("-info"), folder, any(options).toByteArray(), INFO, "");
    }

    static List<String> arguments(
            ShimSettings settings, String namespace, String id, List<String> more, String command) {
        var arguments = new ArrayList<>(List.of(
                "-namespace",
                namespace,
                "-address",
                settings.grpc().toString(),
                "-publish-binary",
                settings.publisher().toString(),
                "-id",
                id));
        if (settings.debug()) {
            arguments.add("-debug");
        }
        arguments.addAll(more);
        arguments.add(command);
        return List.copyOf(arguments);
    }

    private BootstrapParams parameters(String namespace, String id, TypedBytes options) {
        var parameters = BootstrapParams.newBuilder()
                .setInstanceId(id)
                .setNamespace(namespace)
                .setLogLevel(settings.debug() ? -4 : 0)
                .setContainerdVersion(settings.version())
                .setContainerdTtrpcAddress(settings.ttrpc().toString())
                .setContainerdGrpcAddress(settings.grpc().toString())
                .setContainerdBinary(settings.publisher().toString());
        if (!options.isNone()) {
            parameters.addExtensions(Extension.newBuilder().setValue(any(options)));
        }
        return parameters.build();
    }

    static Any any(TypedBytes bytes) {
        return Any.newBuilder()
                .setTypeUrl(bytes.typeUrl())
                .setValue(ByteString.copyFrom(bytes.value()))
                .build();
    }

    private byte[] run(
            String what, List<String> arguments, Path folder, byte[] input, Duration atMost, String namespace) {
        var failed = program + " " + what;
        try (var in = unnamed(folder);
                var out = unnamed(folder)) {
            in.writeAt(0, input, 0, input.length);
            var command = Command.of(program, arguments)
                    .environment(variables(namespace))
                    .in(folder)
                    .with(0, in)
                    .with(1, out);
            spawner.run(command, atMost).orFail();
            return content(out);
        } catch (IOException e) {
            throw new Unknown(failed + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unknown(failed + ": interrupted", e);
        }
    }

    private Map<String, String> variables(String namespace) {
        var variables = new TreeMap<>(settings.environment());
        variables.put("TTRPC_ADDRESS", settings.ttrpc().toString());
        variables.put("GRPC_ADDRESS", settings.grpc().toString());
        variables.put("NAMESPACE", namespace);
        variables.put("MAX_SHIM_VERSION", "2");
        variables.put("GOMAXPROCS", "2");
        return variables;
    }

    /// A file without a name: nothing to remove afterwards.
    private static Fd unnamed(Path folder) throws ErrnoException {
        return Fd.open(folder, Set.of(OpenFlag.READ_WRITE, OpenFlag.TEMPORARY), 0600);
    }

    private static byte[] content(Fd file) throws IOException {
        var size = Files.size(file.procPath());
        if (size > LARGEST_ANSWER) {
            throw new IOException("an answer of " + size + " bytes");
        }
        var bytes = new byte[(int) size];
        var read = 0;
        while (read < bytes.length) {
            var count = file.readAt(read, bytes, read, bytes.length - read);
            if (count == 0) {
                throw new IOException("the answer ends early");
            }
            read += count;
        }
        return bytes;
    }
}
