package dev.coracle.cli.containers;

import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.HealthOptions;
import dev.coracle.engine.containers.LifecycleOptions;
import dev.coracle.engine.containers.LogOptions;
import dev.coracle.engine.containers.RestartPolicy;
import java.time.Duration;
import java.util.List;

/// The flags about how the container begins and ends, its log and its health.
final class LifecycleFlags {
    static final List<Flag> FLAGS = List.of(
            Flag.bool("rm", "Remove the container when it has ended"),
            Flag.text("restart", "Start it again when it has ended: no, always, on-failure[:n], unless-stopped")
                    .fallback("no"),
            Flag.bool("init", "Run a small init process in it that reaps others"),
            Flag.text("systemd", "Prepare it for systemd: true (when its command is an init's), always or false")
                    .fallback("false")
                    .checked(LifecycleFlags::checkSystemd),
            Flag.text("stop-signal", "Signal that stops it"),
            Flag.whole("stop-timeout", "Seconds that stopping waits before it kills")
                    .fallback("-1"),
            Flag.text("log-driver", "Where its output goes: json-file, none, syslog, journald, fluentd or an address")
                    .fallback("json-file"),
            Flag.each("log-opt", "Option of the log: key=value"),
            Flag.text("health-cmd", "Command line that checks its health"),
            health("health-interval", "Time between two checks"),
            health("health-timeout", "Longest time of a check"),
            health("health-start-period", "Time in which failures do not count"),
            health("health-start-interval", "Time between two checks in the start period"),
            Flag.whole("health-retries", "Failures in a row that make it unhealthy"),
            Flag.bool("no-healthcheck", "Do not run the image's check"));

    private LifecycleFlags() {}

    private static void checkSystemd(String text) {
        if (!List.of("true", "false", "always").contains(text)) {
            throw new BadValue("must be true, false or always: " + text);
        }
    }

    private static Flag health(String name, String help) {
        return Flag.duration(name, help).checked(text -> {
            if (dev.coracle.cli.line.Values.duration(text).isNegative()) {
                throw new BadValue("must not be negative: " + text);
            }
        });
    }

    static LifecycleOptions read(Line line) {
        var restart = RestartPolicy.parse(line.text("restart"));
        if (line.is("rm") && restart.kind() != RestartPolicy.Kind.NO) {
            throw UsageFailure.of("conflicting options: cannot specify both --restart and --rm");
        }
        return new LifecycleOptions(
                restart,
                line.is("rm"),
                line.is("init"),
                line.text("stop-signal"),
                Duration.ofSeconds(line.whole("stop-timeout")),
                line.text("systemd").equals("false") ? "" : line.text("systemd"));
    }

    static LogOptions log(Line line) {
        return new LogOptions(line.text("log-driver"), KeyValues.map(line.texts("log-opt")));
    }

    static HealthOptions checks(Line line) {
        var given = List.of(
                        "health-cmd",
                        "health-interval",
                        "health-timeout",
                        "health-start-period",
                        "health-start-interval",
                        "health-retries")
                .stream()
                .anyMatch(line::has);
        if (line.is("no-healthcheck") && given) {
            throw UsageFailure.of("--no-healthcheck conflicts with --health-* options");
        }
        if (line.number("health-retries") < 0) {
            throw UsageFailure.of("--health-retries cannot be negative");
        }
        var command = line.text("health-cmd");
        return new HealthOptions(
                line.is("no-healthcheck"),
                command.isEmpty() ? List.of() : List.of("CMD-SHELL", command),
                line.duration("health-interval"),
                line.duration("health-timeout"),
                line.duration("health-start-period"),
                line.duration("health-start-interval"),
                line.number("health-retries"));
    }
}
