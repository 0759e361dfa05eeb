package dev.coracle.engine.containers;

import dev.coracle.core.events.Envelope;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;

/// What other clients do to our containers by containerd's own interfaces: one that they start is
/// ours to look after, one whose record they delete is gone.
final class Outsiders implements AutoCloseable {
    private final Shelf shelf;
    private final Life life;
    private final EventExchange.Subscription subscription;

    private Outsiders(Shelf shelf, Life life, EventExchange events) {
        this.shelf = shelf;
        this.life = life;
        this.subscription = events.subscribe(Outsiders::concerns, this::happened);
    }

    /// Listens until it is closed.
    static Outsiders watch(Shelf shelf, Life life, EventExchange events) {
        return new Outsiders(shelf, life, events);
    }

    private static boolean concerns(Envelope envelope) {
        return envelope.event() instanceof Event.TaskStarted || envelope.event() instanceof Event.ContainerDeleted;
    }

    /// Called by the exchange's thread, which must not wait for a container's lock.
    private void happened(Envelope envelope) {
        switch (envelope.event()) {
            case Event.TaskStarted started ->
                shelf.byId(envelope.namespace(), started.containerId())
                        .filter(entry -> !entry.isRunning())
                        .ifPresent(entry -> soon(() -> life.join(entry)));
            case Event.ContainerDeleted deleted ->
                shelf.byId(envelope.namespace(), deleted.id())
                        .filter(entry -> !entry.isRemoving())
                        .ifPresent(entry -> soon(() -> life.leave(entry)));
            default -> {}
        }
    }

    private static void soon(Runnable what) {
        Thread.ofVirtual().name("outsider").start(what);
    }

    @Override
    public void close() {
        subscription.close();
    }
}
