package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.tasks.ProcessState;
import java.util.Map;
import java.util.Optional;

/// What the labels `containerd.io/restart.*` of a container ask for.
///
/// @param wanted the status the container is to have
/// @param limit of restarts on failure, 0 for none
/// @param count of restarts so far
/// @param logUri where a restarted task writes to, empty for nowhere
record RestartRule(Wanted wanted, Policy policy, int limit, int count, boolean isExplicitlyStopped, String logUri) {
    private static final String PREFIX = "containerd.io/restart.";
    static final String STATUS = PREFIX + "status";
    static final String COUNT = PREFIX + "count";

    enum Wanted {
        RUNNING,
        STOPPED
    }

    enum Policy {
        NO,
        ALWAYS,
        ON_FAILURE,
        UNLESS_STOPPED
    }

    /// Empty for a container that is nobody's business here.
    ///
    /// @throws InvalidArgument when a label cannot be understood
    static Optional<RestartRule> of(Map<String, String> labels) {
        return switch (labels.getOrDefault(STATUS, "")) {
            case "running" -> Optional.of(of(Wanted.RUNNING, labels));
            case "stopped" -> Optional.of(of(Wanted.STOPPED, labels));
            default -> Optional.empty();
        };
    }

    private static RestartRule of(Wanted wanted, Map<String, String> labels) {
        var words = labels.getOrDefault(PREFIX + "policy", "").split(":", 2);
        var policy = switch (words[0]) {
            case "", "always" -> Policy.ALWAYS;
            case "no" -> Policy.NO;
            case "on-failure" -> Policy.ON_FAILURE;
            case "unless-stopped" -> Policy.UNLESS_STOPPED;
            default -> throw new InvalidArgument("restart policy \"" + words[0] + "\" is not supported");
        };
        if (words.length > 1 && policy != Policy.ON_FAILURE) {
            throw new InvalidArgument("restart policy " + words[0] + " takes no count, but has " + words[1]);
        }
        return new RestartRule(
                wanted,
                policy,
                words.length > 1 ? number("count of the restart policy", words[1]) : 0,
                number("label " + COUNT, labels.getOrDefault(COUNT, "0")),
                labels.getOrDefault(PREFIX + "explicitly-stopped", "").matches("1|t|T|true|TRUE|True"),
                labels.getOrDefault(PREFIX + "loguri", ""));
    }

    private static int number(String what, String text) {
        try {
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InvalidArgument(what + ": \"" + text + "\" is not a number", e);
        }
    }

    /// Whether a container that should run and has ended is started again. A task that is gone says
    /// nothing about failure.
    boolean restarts(Optional<ProcessState> ended) {
        return switch (policy) {
            case NO -> false;
            case ALWAYS -> true;
            case ON_FAILURE -> ended.map(ProcessState::exitStatus).orElse(0) != 0 && (limit == 0 || count < limit);
            case UNLESS_STOPPED -> !isExplicitlyStopped;
        };
    }
}
