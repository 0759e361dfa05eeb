package dev.coracle.engine;

import java.time.Duration;

/// The whole engine. A containerd namespace is chosen once, and the view is passed on.
public interface Engine extends AutoCloseable {
    /// The view of one containerd namespace; cheap, and nothing is made by it.
    NamespaceEngine in(String namespace);

    /// Brings everything that an earlier daemon left into a state that is whole: half-made containers are finished
    /// or removed, claims of what is gone are released, restart policies are applied. Called once, at first.
    void recover();

    /// Ends all containers, as at the end of the machine: each gets its own stop signal and its own time. To their
    /// policies nobody has stopped them, so that the next recovery starts those that are to run always. Until
    /// [#close] none is started any more.
    void end() throws InterruptedException;

    /// The longest time that a container may take to end by itself.
    Duration endsWithin();

    /// Lets go of threads and timers; containers are left running.
    @Override
    void close();
}
