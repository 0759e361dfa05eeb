package dev.coracle.daemon;

import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.events.Event;
import dev.coracle.core.events.EventExchange;
import dev.coracle.core.images.Image;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.FieldMask;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Stores that tell of every change after it is durable, whoever in the daemon made it.
final class PublishingStores implements Stores {
    private final Stores stores;
    private final EventExchange events;

    PublishingStores(Stores stores, EventExchange events) {
        this.stores = stores;
        this.events = events;
    }

    @Override
    public NamespaceStore namespaces() {
        return new Namespaces(stores.namespaces(), events);
    }

    @Override
    public NamespaceStores in(Scope scope) {
        return new Tenant(stores.in(scope), event -> events.publish(scope.namespace(), event));
    }

    @Override
    public void close() {
        stores.close();
    }

    @FunctionalInterface
    interface Publisher {
        void publish(Event event);
    }

    private record Namespaces(NamespaceStore store, EventExchange events) implements NamespaceStore {
        @Override
        public Map<String, String> labels(String namespace) {
            return store.labels(namespace);
        }

        @Override
        public List<String> list() {
            return store.list();
        }

        @Override
        public void create(String namespace, Map<String, String> labels) {
            store.create(namespace, labels);
            events.publish(namespace, new Event.NamespaceCreated(namespace, store.labels(namespace)));
        }

        @Override
        public void update(String namespace, Map<String, String> labels, FieldMask mask) {
            store.update(namespace, labels, mask);
            events.publish(namespace, new Event.NamespaceUpdated(namespace, store.labels(namespace)));
        }

        @Override
        public void delete(String namespace) {
            store.delete(namespace);
            events.publish(namespace, new Event.NamespaceDeleted(namespace));
        }
    }

    private record Tenant(NamespaceStores stores, Publisher publisher) implements NamespaceStores {
        @Override
        public Scope scope() {
            return stores.scope();
        }

        @Override
        public ContentStore content() {
            return new PublishingContent(stores.content(), publisher);
        }

        @Override
        public ImageStore images() {
            return new Images(stores.images(), publisher);
        }

        @Override
        public ContainerStore containers() {
            return new Containers(stores.containers(), publisher);
        }

        @Override
        public LeaseStore leases() {
            return stores.leases();
        }

        @Override
        public Snapshotter snapshotter(String name) {
            return new PublishingSnapshotter(name, stores.snapshotter(name), publisher);
        }
    }

    private record Images(ImageStore store, Publisher publisher) implements ImageStore {
        @Override
        public Image get(String name) {
            return store.get(name);
        }

        @Override
        public List<Image> list(List<Filter> filters) {
            return store.list(filters);
        }

        @Override
        public Image create(Image image, Optional<Instant> createdAt) {
            var created = store.create(image, createdAt);
            publisher.publish(new Event.ImageCreated(created.name(), created.labels()));
            return created;
        }

        @Override
        public Image update(Image image, FieldMask mask, Optional<Instant> updatedAt) {
            var updated = store.update(image, mask, updatedAt);
            publisher.publish(new Event.ImageUpdated(updated.name(), updated.labels()));
            return updated;
        }

        @Override
        public void delete(String name, Optional<Digest> target) {
            store.delete(name, target);
            publisher.publish(new Event.ImageDeleted(name));
        }
    }

    private record Containers(ContainerStore store, Publisher publisher) implements ContainerStore {
        @Override
        public Container get(String id) {
            return store.get(id);
        }

        @Override
        public List<Container> list(List<Filter> filters) {
            return store.list(filters);
        }

        @Override
        public Container create(Container container) {
            var created = store.create(container);
            publisher.publish(new Event.ContainerCreated(
                    created.id(),
                    created.image(),
                    created.runtime().name(),
                    created.runtime().options()));
            return created;
        }

        @Override
        public Container update(Container container, FieldMask mask) {
            var updated = store.update(container, mask);
            publisher.publish(
                    new Event.ContainerUpdated(updated.id(), updated.image(), updated.labels(), updated.snapshotKey()));
            return updated;
        }

        @Override
        public void delete(String id) {
            store.delete(id);
            publisher.publish(new Event.ContainerDeleted(id));
        }
    }
}
