package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.NotModified;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import io.grpc.Status;
import java.util.Optional;

/// The only two functions that turn failures into gRPC statuses and back.
///
/// Three kinds share FAILED_PRECONDITION on the wire and are told apart by the words that end
/// the message, which is why every message ends with its kind's words. A remedy stands in
/// parentheses before them, so that clients which only print the message show it too.
public final class Failures {
    private static final String REMEDY = " (hint: ";

    private Failures() {}

    /// The status of a failure. What is neither an [EngineException] nor an interruption is
    /// UNKNOWN: a defect of ours.
    public static Status toStatus(Throwable failure) {
        return switch (failure) {
            case EngineException e -> code(e).withDescription(description(e)).withCause(e);
            case InterruptedException e ->
                Status.CANCELLED.withDescription("context canceled").withCause(e);
            default -> Status.UNKNOWN.withDescription(String.valueOf(failure)).withCause(failure);
        };
    }

    private static Status code(EngineException failure) {
        return switch (failure) {
            case InvalidArgument _ -> Status.INVALID_ARGUMENT;
            case NotFound _ -> Status.NOT_FOUND;
            case AlreadyExists _ -> Status.ALREADY_EXISTS;
            case PermissionDenied _ -> Status.PERMISSION_DENIED;
            case ResourceExhausted _ -> Status.RESOURCE_EXHAUSTED;
            case FailedPrecondition _, Conflict _, NotModified _ -> Status.FAILED_PRECONDITION;
            case Aborted _ -> Status.ABORTED;
            case OutOfRange _ -> Status.OUT_OF_RANGE;
            case NotImplemented _ -> Status.UNIMPLEMENTED;
            case Unavailable _ -> Status.UNAVAILABLE;
            case Unauthenticated _ -> Status.UNAUTHENTICATED;
            case DataLoss _ -> Status.DATA_LOSS;
            case Internal _ -> Status.INTERNAL;
            case Unknown _ -> Status.UNKNOWN;
        };
    }

    private static String description(EngineException failure) {
        var words = failure.word();
        var message = withoutSuffix(failure.message(), words);
        var hint = failure.remedy().map(remedy -> REMEDY + remedy + ")").orElse("");
        return message + hint + (words.isEmpty() || message.equals(words) ? "" : ": " + words);
    }

    /// The failure behind a status that a server answered with.
    public static EngineException toException(Status status) {
        var text = Optional.ofNullable(status.getDescription())
                .orElse(status.getCode().name());
        var exception = exception(status.getCode(), text);
        var message = withoutSuffix(text, exception.word());
        var hint = message.lastIndexOf(REMEDY);
        if (hint < 0 || !message.endsWith(")")) {
            return exception(status.getCode(), text, message);
        }
        return exception(status.getCode(), text, message.substring(0, hint))
                .remedy(message.substring(hint + REMEDY.length(), message.length() - 1));
    }

    private static EngineException exception(Status.Code code, String text) {
        return exception(code, text, text);
    }

    private static EngineException exception(Status.Code code, String text, String message) {
        return switch (code) {
            case INVALID_ARGUMENT -> new InvalidArgument(message);
            case NOT_FOUND -> new NotFound(message);
            case ALREADY_EXISTS -> new AlreadyExists(message);
            case PERMISSION_DENIED -> new PermissionDenied(message);
            case RESOURCE_EXHAUSTED -> new ResourceExhausted(message);
            case FAILED_PRECONDITION -> precondition(text, message);
            case ABORTED, CANCELLED -> new Aborted(message);
            case OUT_OF_RANGE -> new OutOfRange(message);
            case UNIMPLEMENTED -> new NotImplemented(message);
            case UNAVAILABLE, DEADLINE_EXCEEDED -> new Unavailable(message);
            case UNAUTHENTICATED -> new Unauthenticated(message);
            case DATA_LOSS -> new DataLoss(message);
            case INTERNAL -> new Internal(message);
            case UNKNOWN, OK -> new Unknown(message);
        };
    }

    private static EngineException precondition(String text, String message) {
        if (text.endsWith("conflict")) {
            return new Conflict(message);
        }
        return text.endsWith("not modified") ? new NotModified(message) : new FailedPrecondition(message);
    }

    private static String withoutSuffix(String message, String words) {
        var suffix = ": " + words;
        return !words.isEmpty() && message.endsWith(suffix)
                ? message.substring(0, message.length() - suffix.length())
                : message;
    }
}
