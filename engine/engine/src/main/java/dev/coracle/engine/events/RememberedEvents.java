package dev.coracle.engine.events;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Events in memory. Each listener has a queue and a virtual thread of its own, so that nobody waits for a slow one.
public final class RememberedEvents implements EngineEvents {
    private static final System.Logger LOG = System.getLogger(RememberedEvents.class.getName());
    private static final int REMEMBERED = 256;

    private final Queue<EngineEvent> past = new ArrayDeque<>();
    private final Set<Listening> listeners = ConcurrentHashMap.newKeySet();

    @Override
    public Subscription subscribe(Consumer<EngineEvent> listener) {
        var listening = new Listening(listener);
        listeners.add(listening);
        listening.thread.start();
        return listening;
    }

    @Override
    public List<EngineEvent> past(Instant since, Instant until) {
        synchronized (past) {
            return past.stream()
                    .filter(event ->
                            !event.time().isBefore(since) && !event.time().isAfter(until))
                    .toList();
        }
    }

    @Override
    public void publish(EngineEvent event) {
        synchronized (past) {
            if (past.size() == REMEMBERED) {
                past.remove();
            }
            past.add(event);
            listeners.forEach(listening -> listening.waiting.add(event));
        }
    }

    private final class Listening implements Subscription {
        private final LinkedBlockingQueue<EngineEvent> waiting = new LinkedBlockingQueue<>();
        private final Thread thread;

        Listening(Consumer<EngineEvent> listener) {
            thread = Thread.ofVirtual().name("engine-events").unstarted(() -> deliver(listener));
        }

        private void deliver(Consumer<EngineEvent> listener) {
            try {
                while (true) {
                    listener.accept(waiting.take());
                }
            } catch (InterruptedException _) {
                waiting.clear(); // closed
            } catch (RuntimeException failure) {
                listeners.remove(this);
                LOG.log(System.Logger.Level.DEBUG, "a listener of events failed and hears no more", failure);
            }
        }

        @Override
        public void close() {
            listeners.remove(this);
            thread.interrupt();
        }
    }
}
