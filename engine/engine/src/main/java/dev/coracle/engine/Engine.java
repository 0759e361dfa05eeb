package dev.coracle.engine;

/// The whole engine. A containerd namespace is chosen once, and the view is passed on.
public interface Engine extends AutoCloseable {
    /// The view of one containerd namespace; cheap, and nothing is made by it.
    NamespaceEngine in(String namespace);

    /// Brings everything that an earlier daemon left into a state that is whole: half-made containers are finished
    /// or removed, claims of what is gone are released, restart policies are applied. Called once, at first.
    void recover();

    /// Lets go of threads and timers; containers are left running.
    @Override
    void close();
}
