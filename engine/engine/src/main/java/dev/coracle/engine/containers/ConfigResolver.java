package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.oci.DefaultSpec;
import dev.coracle.oci.ImageConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// What options and an image's configuration come to together.
final class ConfigResolver {
    private static final int SHORT_ID = 12;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration START_INTERVAL = Duration.ofSeconds(5);
    private static final int RETRIES = 3;

    /// systemd(1): begins an orderly shutdown.
    private static final String SYSTEMD_STOP = "SIGRTMIN+3";

    private ConfigResolver() {}

    /// @throws InvalidArgument without anything to run
    static ContainerConfig resolve(String id, ContainerOptions options, ImageConfig image) {
        var process = options.process();
        var launch = image.launch();
        List<String> entrypoint;
        List<String> command;
        switch (process.entrypoint()) {
            case ProcessOptions.Entrypoint.Inherited _ -> {
                entrypoint = launch.entrypoint();
                command = process.command().isEmpty() ? launch.cmd() : process.command();
            }
            case ProcessOptions.Entrypoint.Of(var words) -> {
                entrypoint = words.equals(List.of("")) ? List.of() : words;
                command = process.command();
            }
        }
        if (entrypoint.isEmpty() && command.isEmpty()) {
            throw new InvalidArgument("no command specified, and image " + options.image() + " has none");
        }
        var labels = new LinkedHashMap<>(launch.labels());
        labels.putAll(options.labels());
        var exposed = new LinkedHashSet<>(image.wishes().exposed());
        exposed.addAll(options.network().expose());
        var lifecycle = options.lifecycle();
        var isForSystemd = lifecycle.isForSystemd(entrypoint.isEmpty() ? command.getFirst() : entrypoint.getFirst());
        return new ContainerConfig(
                hostname(id, options),
                process.user().isEmpty() ? launch.user() : process.user(),
                env(options, launch, isForSystemd),
                entrypoint,
                command,
                process.workdir().isEmpty() ? launch.workingDir() : process.workdir(),
                List.copyOf(exposed),
                image.wishes().volumes(),
                labels,
                first(lifecycle.stopSignal(), first(launch.stopSignal(), isForSystemd ? SYSTEMD_STOP : "SIGTERM")),
                lifecycle.stopTimeout().isNegative() ? STOP_TIMEOUT : lifecycle.stopTimeout(),
                health(options.health(), image.wishes().health()));
    }

    private static String hostname(String id, ContainerOptions options) {
        return first(options.network().hostname(), id.substring(0, SHORT_ID));
    }

    private static String first(String one, String other) {
        return one.isEmpty() ? other : one;
    }

    private static List<String> env(ContainerOptions options, ImageConfig.Launch launch, boolean isForSystemd) {
        var variables = new LinkedHashMap<String, String>();
        put(variables, launch.env().isEmpty() ? DefaultSpec.ENV : launch.env());
        variables.putIfAbsent("PATH", DefaultSpec.ENV.getFirst().substring("PATH=".length()));
        variables.putIfAbsent("HOSTNAME", "");
        if (options.process().tty()) {
            variables.putIfAbsent("TERM", "xterm");
        }
        if (isForSystemd) {
            // how systemd is told that it is in a container: its document "Container Interface"
            variables.putIfAbsent("container", "oci");
        }
        put(variables, options.process().env());
        var lines = new ArrayList<String>();
        variables.forEach((name, value) -> {
            if (!name.equals("HOSTNAME") || !value.isEmpty()) {
                lines.add(name + "=" + value);
            }
        });
        return lines;
    }

    private static void put(Map<String, String> variables, List<String> lines) {
        for (var line : lines) {
            var equals = line.indexOf('=');
            if (equals < 0) {
                variables.remove(line);
            } else {
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
    }

    private static HealthOptions health(HealthOptions wanted, ImageConfig.HealthCheck image) {
        var test = wanted.test().isEmpty() ? image.test() : wanted.test();
        if (wanted.disabled() || test.isEmpty() || test.getFirst().equals("NONE")) {
            return new HealthOptions(true, List.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
        }
        return new HealthOptions(
                false,
                test,
                time(wanted.interval(), image.interval(), INTERVAL),
                time(wanted.timeout(), image.timeout(), INTERVAL),
                time(wanted.startPeriod(), image.startPeriod(), Duration.ZERO),
                time(wanted.startInterval(), image.startInterval(), START_INTERVAL),
                wanted.retries() > 0 ? wanted.retries() : image.retries() > 0 ? (int) image.retries() : RETRIES);
    }

    private static Duration time(Duration wanted, long image, Duration otherwise) {
        if (!wanted.isZero()) {
            return wanted;
        }
        return image > 0 ? Duration.ofNanos(image) : otherwise;
    }
}
