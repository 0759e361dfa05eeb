package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;

/// A container could not be made or started: what is said, and the exit status by docker's
/// convention.
final class RunFailure extends RuntimeException {
    /// The engine failed before the container ran.
    static final int ENGINE = 125;

    private static final long serialVersionUID = 1;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NO_SUCH_COMMAND = 127;

    private final int status;

    private RunFailure(String text, int status) {
        super(text, null, false, false);
        this.status = status;
    }

    /// Whatever failed before the start.
    static RunFailure before(EngineException failure) {
        return new RunFailure(text(failure), ENGINE);
    }

    /// The status of a failed start.
    static int status(EngineException failure) {
        return switch (failure) {
            case EngineException.NotFound _ -> NO_SUCH_COMMAND;
            case EngineException.PermissionDenied _ -> NOT_EXECUTABLE;
            default -> ENGINE;
        };
    }

    static String text(EngineException failure) {
        return failure.message()
                + failure.remedy().map(remedy -> "\nhint: " + remedy).orElse("");
    }

    String text() {
        return String.valueOf(getMessage());
    }

    int status() {
        return status;
    }
}
