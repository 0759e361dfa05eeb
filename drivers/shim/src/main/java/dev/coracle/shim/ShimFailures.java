package dev.coracle.shim;

import com.google.rpc.Code;
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

/// A status that a shim answers, as one of our failures.
final class ShimFailures {
    private ShimFailures() {}

    static EngineException of(int code, String message) {
        var known = Code.forNumber(code);
        if (known == null) {
            return new Unknown(message);
        }
        return switch (known) {
            case INVALID_ARGUMENT -> new InvalidArgument(message);
            case NOT_FOUND -> new NotFound(message);
            case ALREADY_EXISTS -> new AlreadyExists(message);
            case PERMISSION_DENIED -> new PermissionDenied(message);
            case RESOURCE_EXHAUSTED -> new ResourceExhausted(message);
            case FAILED_PRECONDITION -> new FailedPrecondition(message);
            case ABORTED -> new Aborted(message);
            case OUT_OF_RANGE -> new OutOfRange(message);
            case UNIMPLEMENTED -> new NotImplemented(message);
            case UNAVAILABLE, DEADLINE_EXCEEDED -> new Unavailable(message);
            case UNAUTHENTICATED -> new Unauthenticated(message);
            case DATA_LOSS -> new DataLoss(message);
            case INTERNAL -> new Internal(message);
            case OK, CANCELLED, UNKNOWN, UNRECOGNIZED -> new Unknown(message);
        };
    }
}
