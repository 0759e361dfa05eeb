package dev.coracle.daemon;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Identifiers;
import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The events of this daemon, from whoever causes them to whoever listens. Each subscriber has a
/// queue of its own without a limit and a virtual thread that empties it, so nobody waits for a
/// slow one. All subscribers see the same order.
final class EventBus implements EventExchange {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    private static final Thread.Builder DELIVERY = Thread.ofVirtual().name("events-", 0);

    private final InstantSource clock;
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
    private final Object order = new Object();

    EventBus(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void publish(String namespace, Event event) {
        forward(new Envelope(clock.instant(), namespace, event));
    }

    @Override
    public void forward(Envelope envelope) {
        requireTopic(envelope.event().topic());
        Identifiers.require("namespace", envelope.namespace());
        synchronized (order) {
            subscribers.forEach(subscriber -> subscriber.offer(envelope));
        }
    }

    private static void requireTopic(String topic) {
        if (!topic.startsWith("/")) {
            throw new InvalidArgument("topic \"" + topic + "\" must start with \"/\"");
        }
        if (topic.length() == 1) {
            throw new InvalidArgument("topic \"" + topic + "\" must have at least one component");
        }
        for (var component : topic.substring(1).split("/", -1)) {
            Identifiers.require("component of topic \"" + topic + "\"", component);
        }
    }

    @Override
    public Subscription subscribe(Predicate<Envelope> wanted, Consumer<Envelope> listener) {
        var subscriber = new Subscriber(wanted, listener);
        subscribers.add(subscriber);
        return subscriber;
    }

    private final class Subscriber implements Subscription {
        private final Predicate<Envelope> wanted;
        private final Consumer<Envelope> listener;
        private final LinkedBlockingQueue<Envelope> waiting = new LinkedBlockingQueue<>();
        private final Thread delivery;

        Subscriber(Predicate<Envelope> wanted, Consumer<Envelope> listener) {
            this.wanted = wanted;
            this.listener = listener;
            this.delivery = DELIVERY.start(this::deliver);
        }

        void offer(Envelope envelope) {
            if (wanted.test(envelope)) {
                waiting.add(envelope);
            }
        }

        private void deliver() {
            try {
                while (true) {
                    listener.accept(waiting.take());
                }
            } catch (InterruptedException _) {
                waiting.clear(); // closed
            } catch (RuntimeException e) {
                subscribers.remove(this);
                LOG.log(Level.WARNING, "a listener of events failed and hears no more error=" + e.getMessage());
            }
        }

        @Override
        public void close() {
            subscribers.remove(this);
            delivery.interrupt();
            if (Thread.currentThread().equals(delivery)) {
                return; // it ends when the listener returns
            }
            try {
                delivery.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
