package dev.coracle.logs;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.logs.LogDestinations;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The services that are known: syslog, journald and Fluentd.
public final class Services implements LogDestinations {
    /// What all of them take.
    private static final Set<String> COMMON = Set.of("tag", "labels", "labels-regex", "env", "env-regex", "mode");

    private static final LogSource ANYBODY = new LogSource("0", "name", "image", "sha256:0", Map.of(), List.of());

    private final Map<String, Service> services;

    /// @param journal the socket of systemd's journal
    /// @param syslog the socket of this machine's syslog
    public Services(Path journal, Path syslog) {
        services = Map.of(
                "journald", new Journald(journal),
                "syslog", new Syslog(syslog),
                "fluentd", new Fluentd());
    }

    @Override
    public Set<String> names() {
        return services.keySet();
    }

    @Override
    public void check(String name, Map<String, String> options) {
        var service = service(name);
        for (var option : options.keySet()) {
            if (!COMMON.contains(option) && !service.options().contains(option)) {
                throw new InvalidArgument("unknown log opt '" + option + "' for " + name + " log driver");
            }
        }
        var read = new Options(name, options);
        Tags.tag(read, ANYBODY);
        Tags.chosen(read, ANYBODY);
        service.check(read);
    }

    @Override
    public LogSink open(String name, Map<String, String> options, LogSource source) throws IOException {
        return service(name).open(new Options(name, options), source);
    }

    private Service service(String name) {
        var service = services.get(name);
        if (service == null) {
            throw new InvalidArgument("log driver " + name + " is none of "
                    + String.join(", ", services.keySet().stream().sorted().toList()));
        }
        return service;
    }
}
