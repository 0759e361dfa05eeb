package dev.coracle.rootlesskit;

import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The program `rootlesskit`: the half that stays outside of the namespaces.
public final class Main {
    private Main() {}

    public static void main(String[] words) throws Exception {
        var status = run(List.of(words));
        System.out.flush();
        // exit() looks for somebody who logs exits, which takes as long as a tenth of everything before
        Runtime.getRuntime().halt(status);
    }

    private static int run(List<String> words) throws IOException, InterruptedException {
        var early = EarlyChild.find(Optional.ofNullable(System.getenv(EarlyChild.VARIABLE)));
        var log = new Log(System.err, InstantSource.system(), false);
        try {
            var arguments = Arguments.parse(words);
            var answer = answer(arguments);
            if (answer.isEmpty()) {
                return launch(Options.of(arguments), early);
            }
            System.out.print(answer.get());
        } catch (UsageException wrong) {
            if (wrong.showHelp()) {
                System.out.println("Incorrect Usage: " + wrong.getMessage() + "\n");
                System.out.print(Help.text(Version.NUMBER));
            }
            log.error("parent", String.valueOf(wrong.getMessage()));
            if (early.isPresent()) {
                early.get().end();
            }
            return 1;
        }
        if (early.isPresent()) {
            early.get().end();
        }
        return 0;
    }

    /// What can be said without starting anything.
    private static Optional<String> answer(Arguments arguments) throws UsageException {
        if (arguments.isOn(Flag.HELP)) {
            return Optional.of(Help.text(Version.NUMBER));
        }
        if (arguments.isOn(Flag.VERSION)) {
            return Optional.of("rootlesskit version " + Version.NUMBER + "\n");
        }
        var part = arguments.text(Flag.PRINT_SEMVER);
        return part.isEmpty() ? Optional.empty() : Optional.of(Version.part(part) + "\n");
    }

    private static int launch(Options options, Optional<EarlyChild> early) throws IOException, InterruptedException {
        blockSignals();
        var log = new Log(System.err, InstantSource.system(), options.debug());
        return new Parent(options, surroundings(early), log).run();
    }

    /// Signals are read from a descriptor, so all threads must block them, and only whoever
    /// starts a JVM can see to that: started without the launch script, it starts itself again.
    private static void blockSignals() throws IOException {
        if (SignalSet.blocked().contains(Signal.TERM)) {
            return;
        }
        var words = new ArrayList<>(List.of("env", "--block-signal", "_JAVA_SR_SIGNUM=62"));
        var own = ownWords();
        if (own.contains("-Xrs")) {
            throw new IOException("start with signals blocked: env --block-signal has no effect");
        }
        words.addAll(own);
        words.add(words.size() - own.size() + 1, "-Xrs");
        throw Self.execute(Path.of("/usr/bin/env"), words, System.getenv());
    }

    static List<String> ownWords() throws IOException {
        var line = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
        return List.of(line.substring(0, line.length() - 1).split("\0", -1));
    }

    private static Surroundings surroundings(Optional<EarlyChild> early) throws IOException {
        var environment = new HashMap<>(System.getenv());
        environment.remove(EarlyChild.VARIABLE);
        var own = ownWords();
        var java = new ArrayList<>(own.subList(0, own.indexOf(Main.class.getName())));
        java.removeIf(word -> word.startsWith("-XX:AOTCacheOutput"));
        return new Surroundings(
                environment,
                java,
                early,
                inheritedSockets(environment),
                System.getProperty("user.name", ""),
                Path.of(Optional.ofNullable(environment.get("TMPDIR")).orElse("/tmp")));
    }

    private static int inheritedSockets(Map<String, String> environment) {
        return Long.toString(Self.pid()).equals(environment.get("LISTEN_PID"))
                ? Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"))
                : 0;
    }
}
