package dev.coracle.cni;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.networks.DescribedNetworks.Attachment;
import dev.coracle.linux.Pipe;
import dev.coracle.oci.CniFailure;
import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Runs plugins: a program each, with its configuration on standard input and what is to be done in
/// its environment (SPEC.md, section 2).
final class Plugins {
    /// A plugin that asks a DHCP server may take its time; one that takes longer hangs.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CniSettings settings;
    private final Spawner spawner;

    Plugins(CniSettings settings, Spawner spawner) {
        this.settings = settings;
        this.spawner = spawner;
    }

    /// What is to be done.
    enum Verb {
        ADD,
        DEL
    }

    /// @return what it answered
    /// @throws FailedPrecondition when it is not there, or refuses
    byte[] run(Verb verb, String type, String config, Attachment attachment) throws IOException, InterruptedException {
        var attempt = attempt(verb, type, attachment);
        var ended = run(command(verb, type, attachment), config)
                .orElseThrow(() -> new FailedPrecondition(
                        attempt + "it did not answer within " + PATIENCE.toSeconds() + " s and was ended"));
        var answer = ended.output().getBytes(StandardCharsets.UTF_8);
        if (ended.isSuccess()) {
            return answer;
        }
        throw failure(attempt, ended);
    }

    private static String attempt(Verb verb, String type, Attachment attachment) {
        return "network \"" + attachment.spec().network() + "\": CNI plugin " + type + ", "
                + (verb == Verb.ADD ? "connect " : "disconnect ") + attachment.sandbox() + ": ";
    }

    /// How it ended; empty for one that had to be ended.
    private Optional<Ended> run(Command command, String config) throws IOException, InterruptedException {
        try (var input = Pipe.open();
                var running = spawner.start(command.with(0, input.reader()))) {
            input.reader().close();
            feed(input, config, running);
            if (running.waitFor(PATIENCE).isEmpty()) {
                running.end(Duration.ofSeconds(1));
                return Optional.empty();
            }
            return Optional.of(running.collect());
        }
    }

    private static void feed(Pipe input, String config, Running running) throws IOException {
        try {
            input.writer().write(config.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unread) {
            if (running.isRunning()) {
                throw unread;
            }
            // it ended without reading all of it, and its status says how
        }
        input.writer().close();
    }

    private Command command(Verb verb, String type, Attachment attachment) {
        var plugin = find(type, attachment);
        var words = new ArrayList<String>();
        settings.namespace().ifPresent(path -> {
            words.add("--net=" + path);
            words.add("--");
            words.add(plugin.toString());
        });
        return Command.of(settings.namespace().isPresent() ? settings.nsenter() : plugin, words)
                .environment(environment(verb, attachment))
                .fate(Command.Fate.DIES_WITH_US);
    }

    private Path find(String type, Attachment attachment) {
        return settings.plugins().stream()
                .map(directory -> directory.resolve(type))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseThrow(() -> new FailedPrecondition(
                                "network \"" + attachment.spec().network()
                                        + "\" needs the CNI plugin " + type + ", which is in none of "
                                        + written(settings.plugins()))
                        .remedy("install it (package containernetworking-plugins), or start the engine with CNI_PATH"
                                + " set to the directories where it is"));
    }

    private static String written(List<Path> directories) {
        return directories.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private Map<String, String> environment(Verb verb, Attachment attachment) {
        var all = new HashMap<>(settings.environment());
        all.put("CNI_COMMAND", verb.name());
        all.put("CNI_CONTAINERID", attachment.sandbox().replace('/', '-'));
        all.put("CNI_NETNS", attachment.namespace().map(Path::toString).orElse(""));
        all.put("CNI_IFNAME", attachment.device());
        all.put("CNI_PATH", written(settings.plugins()));
        var args = new StringBuilder("IgnoreUnknown=1");
        if (!attachment.spec().address().isEmpty()) {
            args.append(";IP=").append(attachment.spec().address());
        }
        if (!attachment.spec().mac().isEmpty()) {
            args.append(";MAC=").append(attachment.spec().mac());
        }
        all.put("CNI_ARGS", args.toString());
        return all;
    }

    private static EngineException failure(String attempt, Ended ended) {
        var said = CniFailure.parse(ended.output().getBytes(StandardCharsets.UTF_8));
        if (said.isPresent()) {
            var text = attempt + said.get().sentence();
            return said.get().code() == CniFailure.AGAIN ? new Unavailable(text) : new FailedPrecondition(text);
        }
        return new FailedPrecondition(attempt
                + ended.status().sentence()
                + (ended.errorTail().isBlank() ? "" : ": " + ended.errorTail().strip()));
    }
}
