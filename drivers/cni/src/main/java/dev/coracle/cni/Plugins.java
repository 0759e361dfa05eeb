package dev.coracle.cni;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.networks.DescribedNetworks.Attachment;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
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

    /// How often a plugin that does not take its configuration yet is asked whether it still runs.
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final CniSettings settings;
    private final Spawner spawner;
    private final Duration patience;

    Plugins(CniSettings settings, Spawner spawner) {
        this(settings, spawner, PATIENCE);
    }

    /// @param patience after which a plugin is ended, whatever it waits for
    Plugins(CniSettings settings, Spawner spawner, Duration patience) {
        this.settings = settings;
        this.spawner = spawner;
        this.patience = patience;
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
                        attempt + "it did not answer within " + patience.toSeconds() + " s and was ended"));
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
            var end = System.nanoTime() + patience.toNanos();
            feed(input, config, running, end);
            if (running.waitFor(until(end)).isEmpty()) {
                running.end(Duration.ofSeconds(1));
                return Optional.empty();
            }
            return Optional.of(running.collect());
        }
    }

    private static Duration until(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /// Gives a plugin its configuration, which may be more than a pipe holds, for as long as it runs and there is time.
    private static void feed(Pipe input, String config, Running running, long end)
            throws IOException, InterruptedException {
        var bytes = config.getBytes(StandardCharsets.UTF_8);
        try (var writer = input.writer()) {
            writer.setNonBlocking(true);
            for (var at = 0; at < bytes.length && System.nanoTime() < end; ) {
                try {
                    at += writer.writeSome(bytes, at, bytes.length - at);
                } catch (ErrnoException e) {
                    if (e.is(Errno.EPIPE)) {
                        return; // it does not want all of it, and its status says how it went
                    }
                    if (!e.is(Errno.EAGAIN)) {
                        throw e;
                    }
                    if (running.waitFor(PAUSE).isPresent()) {
                        return;
                    }
                }
            }
        }
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
