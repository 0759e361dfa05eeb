package dev.coracle.proxy;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import io.grpc.Status;
import java.util.Optional;

/// A status that another program answers, as one of our failures.
final class PeerFailures {
    private PeerFailures() {}

    /// @param where stands in front of the peer's own words
    static EngineException of(Status status, String where, Throwable cause) {
        var words = Optional.ofNullable(status.getDescription())
                .orElse(status.getCode().name());
        var bare = of(status.getCode(), where + words, cause);
        var ending = ": " + bare.word();
        return words.endsWith(ending)
                ? of(status.getCode(), where + words.substring(0, words.length() - ending.length()), cause)
                : bare;
    }

    private static EngineException of(Status.Code code, String message, Throwable cause) {
        return switch (code) {
            case INVALID_ARGUMENT -> new InvalidArgument(message, cause);
            case NOT_FOUND -> new NotFound(message, cause);
            case ALREADY_EXISTS -> new AlreadyExists(message, cause);
            case PERMISSION_DENIED -> new PermissionDenied(message, cause);
            case RESOURCE_EXHAUSTED -> new ResourceExhausted(message, cause);
            case FAILED_PRECONDITION -> new FailedPrecondition(message, cause);
            case ABORTED, CANCELLED -> new Aborted(message, cause);
            case OUT_OF_RANGE -> new OutOfRange(message, cause);
            case UNIMPLEMENTED -> new NotImplemented(message, cause);
            case UNAVAILABLE, DEADLINE_EXCEEDED -> new Unavailable(message, cause);
            case UNAUTHENTICATED -> new Unauthenticated(message, cause);
            case DATA_LOSS -> new DataLoss(message, cause);
            case INTERNAL -> new Internal(message, cause);
            case UNKNOWN, OK -> new Unknown(message, cause);
        };
    }
}
