package dev.coracle.daemon;

import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.forwarding.Answer;
import dev.coracle.forwarding.Call;
import dev.coracle.forwarding.ForwardedProgram;
import dev.coracle.forwarding.ForwardingClient;
import dev.coracle.forwarding.Request;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `containerd audit`: asks a running daemon whether everything it has fits together. Nobody else may open its store.
final class Auditing implements ForwardedProgram {
    /// As clients call it on the socket for commands.
    static final String PROGRAM = "containerd-audit";

    private final Inspection inspection;

    Auditing(Inspection inspection) {
        this.inspection = inspection;
    }

    /// Writes a line for each thing that does not fit; the status is 1 when there is one.
    @Override
    public int run(Call call) throws IOException {
        var findings = inspection.findings();
        for (var finding : findings) {
            call.out().write((finding.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
        }
        call.out().flush();
        return findings.isEmpty() ? 0 : 1;
    }

    /// Asks the daemon that has this socket for its API.
    ///
    /// @param streams what the daemon reads and writes as the three standard streams
    /// @return the status to end with
    /// @throws Unavailable when no daemon answers there
    static int ask(Path address, Path directory, List<Fd> streams) {
        var socket = address.resolveSibling(Forwarding.NAME);
        try (var client = ForwardingClient.connect(socket)) {
            client.request(new Request(Release.REVISION, PROGRAM, List.of(), directory, Map.of()), streams);
            while (true) {
                for (var answer : client.answers()) {
                    var status = status(answer);
                    if (status.isPresent()) {
                        return status.get();
                    }
                }
            }
        } catch (ErrnoException e) {
            throw new Unavailable("audit: no daemon answers at " + socket + ": " + e.getMessage(), e)
                    .remedy("start the daemon, or name its socket with --address");
        }
    }

    private static Optional<Integer> status(Answer answer) {
        return switch (answer) {
            case Answer.Exit(var status) -> Optional.of(status);
            case Answer.Watch _ -> Optional.empty();
            case Answer.Refused(var message, var hint) -> {
                var failure = new Unknown("audit: " + message);
                throw hint.isEmpty() ? failure : failure.remedy(hint);
            }
            case Answer.Killed _, Answer.Lost _ -> throw new Unknown("audit: the daemon has ended meanwhile");
        };
    }
}
