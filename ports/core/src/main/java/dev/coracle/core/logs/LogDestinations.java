package dev.coracle.core.logs;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// The services that lines of output can be sent to, by the names that Docker has for them.
///
/// Safe for many threads.
public interface LogDestinations {
    /// `syslog`, `journald` ...
    Set<String> names();

    /// The options of one of them, looked at before a container is made.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument for an option that is not known or a
    ///     value that cannot be honoured
    void check(String name, Map<String, String> options);

    /// Connects. Names and options have been checked.
    ///
    /// @throws IOException when the service does not answer, with its address
    LogSink open(String name, Map<String, String> options, LogSource source) throws IOException;
}
