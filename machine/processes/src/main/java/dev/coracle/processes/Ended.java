package dev.coracle.processes;

import dev.coracle.linux.WaitStatus;

/// How a program ended and what it had written.
///
/// @param errorTail the last part of standard error
public record Ended(Command command, WaitStatus status, String output, String errorTail) {
    public boolean isSuccess() {
        return status.isSuccess();
    }

    /// This, or the failure that says what went wrong.
    public Ended orFail() throws ToolFailedException {
        if (!isSuccess()) {
            throw new ToolFailedException(this);
        }
        return this;
    }
}
