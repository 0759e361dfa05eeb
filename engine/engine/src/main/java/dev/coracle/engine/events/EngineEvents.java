package dev.coracle.engine.events;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// The events of one namespace. Only the latest of the past are remembered.
public interface EngineEvents {
    /// Calls the listener for every event from now on, one after the other, on a thread of its own.
    Subscription subscribe(Consumer<EngineEvent> listener);

    /// What is remembered and happened within the two times, the oldest first.
    List<EngineEvent> past(Instant since, Instant until);

    void publish(EngineEvent event);

    /// Ends the calls.
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
