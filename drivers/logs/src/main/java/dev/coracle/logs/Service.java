package dev.coracle.logs;

import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import java.io.IOException;
import java.util.Set;

/// One kind of service.
interface Service {
    /// The options it knows beside those of all services.
    Set<String> options();

    /// Refuses values that cannot be honoured.
    void check(Options options);

    LogSink open(Options options, LogSource source) throws IOException;
}
