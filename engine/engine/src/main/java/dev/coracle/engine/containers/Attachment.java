package dev.coracle.engine.containers;

/// Somebody who is attached to a process. Everything the process wrote has been written to the caller's streams when
/// [#await] returns.
public interface Attachment extends AutoCloseable {
    /// How it came to an end.
    sealed interface End {
        /// The process has ended.
        record Exited(int status) implements End {}

        /// The detach keys were typed.
        record Detached() implements End {}
    }

    /// Waits for the process or for the detach keys.
    End await() throws InterruptedException;

    /// The id of the process that was added by `exec`; empty for the container's own.
    String execId();

    void resize(int width, int height);

    /// Sends a signal to the process, by name or number.
    void signal(String signal);

    /// Lets go; the process goes on.
    @Override
    void close();
}
