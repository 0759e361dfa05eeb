package dev.coracle.daemon;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.daemon.Extensions.Verification;
import dev.coracle.engine.images.ImageVerifier;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.WaitStatus.Exited;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.Json;
import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Asks the programs of a folder whether an image may be pulled, as containerd's `bindir` verifier does. Each gets the
/// name and the digest as arguments and the descriptor as JSON on its standard input; with status 0 it lets the image
/// pass, with any other it does not, and what it writes is the reason. All of them have to agree.
final class VerifierPrograms implements ImageVerifier {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    private static final int LONGEST_REASON = 16 << 10;
    private static final String MEDIA_TYPE = "application/vnd.oci.descriptor.v1+json";

    private final Verification verification;
    private final Spawner spawner;
    private final Map<String, String> environment;

    VerifierPrograms(Verification verification, Spawner spawner, Map<String, String> environment) {
        this.verification = verification;
        this.spawner = spawner;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public void verify(Reference reference, Descriptor target) throws InterruptedException {
        for (var program : programs()) {
            var attempt = "pull " + reference + " with digest " + target.digest() + ": image verifier "
                    + program.getFileName();
            try {
                judge(attempt, run(program, reference, target));
            } catch (IOException e) {
                throw new Unavailable(attempt + " gave no judgement: " + e.getMessage(), e)
                        .remedy("repair the program, or take it out of " + verification.folder());
            }
        }
    }

    /// Those that are asked; without the folder nobody is.
    private List<Path> programs() {
        if (verification.folder().toString().isEmpty() || !Files.isDirectory(verification.folder())) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(verification.folder())) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new Unavailable("list image verifiers in " + verification.folder() + ": " + Directories.reason(e), e);
        }
        found.sort(null);
        return verification.most() < 0 || found.size() <= verification.most()
                ? found
                : found.subList(0, (int) verification.most());
    }

    private Ended run(Path program, Reference reference, Descriptor target) throws IOException, InterruptedException {
        var arguments = List.of(
                "-name", reference.toString(),
                "-digest", target.digest().toString(),
                "-stdin-media-type", MEDIA_TYPE);
        if (!Files.isExecutable(program)) {
            throw new IOException("it cannot be executed");
        }
        try (var input = Pipe.open()) {
            var command = Command.of(program.toAbsolutePath(), arguments)
                    .environment(environment)
                    .fate(Command.Fate.DIES_WITH_US)
                    .with(0, input.reader());
            try (var running = spawner.start(command)) {
                input.reader().close();
                tell(input, Json.bytes(target.json()));
                if (running.waitFor(verification.atMost()).isEmpty()) {
                    throw new IOException(
                            "still running after " + verification.atMost().toMillis() + " ms");
                }
                return running.collect();
            }
        }
    }

    /// A descriptor is small enough for a pipe; one that is not waits for the program, as in containerd.
    private static void tell(Pipe input, byte[] descriptor) throws IOException {
        try (var writer = input.writer()) {
            writer.write(descriptor);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EPIPE)) { // a program need not read it
                throw e;
            }
        }
    }

    private static void judge(String attempt, Ended end) throws IOException {
        var reason = end.output().strip();
        var shown = reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
        if (!(end.status() instanceof Exited(var status))) {
            throw new IOException(end.status().sentence());
        }
        if (status != 0) {
            throw new FailedPrecondition(
                    attempt + " rejected it (exit code " + status + ")" + (shown.isEmpty() ? "" : ": " + shown));
        }
        LOG.log(Level.DEBUG, "{0} let it pass: {1}", attempt, shown);
    }
}
