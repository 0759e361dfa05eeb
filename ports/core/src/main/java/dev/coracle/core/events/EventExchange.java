package dev.coracle.core.events;

import java.util.function.Consumer;
import java.util.function.Predicate;

/// Passes events from whoever causes them to whoever listens now. Publishing never blocks on a
/// subscriber: each has an unbounded queue of its own.
public interface EventExchange {
    /// Publishes now.
    void publish(String namespace, Event event);

    /// Passes on an event that happened elsewhere, with its own time.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when the topic does not start
    ///     with `/` or a component is not an identifier
    void forward(Envelope envelope);

    /// Listens to all namespaces from now on. Envelopes arrive in order, one at a time, on a
    /// thread of the exchange.
    Subscription subscribe(Predicate<Envelope> wanted, Consumer<Envelope> listener);

    /// Ends by closing; nothing arrives after `close` has returned.
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
