package dev.coracle.linux;

/// How a process ended. A death by signal is never mistaken for an exit status.
public sealed interface WaitStatus {
    record Exited(int status) implements WaitStatus {}

    record Signaled(Signal signal, boolean coreDumped) implements WaitStatus {}

    default boolean isSuccess() {
        return this instanceof Exited(var status) && status == 0;
    }

    /// The number a shell would show: the status, or 128 and the signal.
    default int shellStatus() {
        return switch (this) {
            case Exited(var status) -> status;
            case Signaled signaled -> 128 + signaled.signal().number();
        };
    }

    /// For messages: `exit status 1`, `signal: killed`.
    default String sentence() {
        return switch (this) {
            case Exited(var status) -> "exit status " + status;
            case Signaled(var signal, var dumped) -> "signal: " + signal.sentence() + (dumped ? " (core dumped)" : "");
        };
    }
}
