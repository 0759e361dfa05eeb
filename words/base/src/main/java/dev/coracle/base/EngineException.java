package dev.coracle.base;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A failure that leaves a port. Sixteen kinds, those of containerd's error vocabulary, so that
/// the wire, the command line and the library say the same; a caller switches over the kind and
/// never parses the text.
///
/// The message is lower case, without full stop: what was attempted, the value, why. A remedy is
/// a sentence of its own for the person at the terminal. Context is added by [#within], once per
/// room.
public abstract sealed class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    private EngineException(String message, @Nullable Throwable cause, String remedy) {
        super(message, cause);
        this.remedy = remedy;
    }

    /// What the person can do about it, when we know.
    public final Optional<String> remedy() {
        return remedy.isEmpty() ? Optional.empty() : Optional.of(remedy);
    }

    /// The kind's own words, which end a message on the wire; empty for [Unknown].
    public abstract String word();

    /// The same kind of failure with a remedy.
    public final EngineException remedy(String words) {
        return copy(message(), this, words);
    }

    /// The same kind of failure, with what was being done in front of the message.
    public final EngineException within(String attempt) {
        return copy(attempt + ": " + message(), this, remedy);
    }

    /// The message, never null.
    public final String message() {
        var message = getMessage();
        return message == null ? word() : message;
    }

    abstract EngineException copy(String message, Throwable cause, String words);

    /// The request itself is wrong, whatever the state of the system.
    public static final class InvalidArgument extends EngineException {
        private static final long serialVersionUID = 1;

        public InvalidArgument(String message) {
            super(message, null, "");
        }

        public InvalidArgument(String message, Throwable cause) {
            super(message, cause, "");
        }

        private InvalidArgument(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "invalid argument";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new InvalidArgument(message, cause, words);
        }
    }

    /// The named thing does not exist.
    public static final class NotFound extends EngineException {
        private static final long serialVersionUID = 1;

        public NotFound(String message) {
            super(message, null, "");
        }

        public NotFound(String message, Throwable cause) {
            super(message, cause, "");
        }

        private NotFound(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "not found";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new NotFound(message, cause, words);
        }
    }

    /// The name is taken.
    public static final class AlreadyExists extends EngineException {
        private static final long serialVersionUID = 1;

        public AlreadyExists(String message) {
            super(message, null, "");
        }

        public AlreadyExists(String message, Throwable cause) {
            super(message, cause, "");
        }

        private AlreadyExists(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "already exists";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new AlreadyExists(message, cause, words);
        }
    }

    /// The caller, or the account, may not do this.
    public static final class PermissionDenied extends EngineException {
        private static final long serialVersionUID = 1;

        public PermissionDenied(String message) {
            super(message, null, "");
        }

        public PermissionDenied(String message, Throwable cause) {
            super(message, cause, "");
        }

        private PermissionDenied(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "permission denied";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new PermissionDenied(message, cause, words);
        }
    }

    /// A quota, a disk or a table is full.
    public static final class ResourceExhausted extends EngineException {
        private static final long serialVersionUID = 1;

        public ResourceExhausted(String message) {
            super(message, null, "");
        }

        public ResourceExhausted(String message, Throwable cause) {
            super(message, cause, "");
        }

        private ResourceExhausted(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "resource exhausted";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new ResourceExhausted(message, cause, words);
        }
    }

    /// The state of the system does not allow it now.
    public static final class FailedPrecondition extends EngineException {
        private static final long serialVersionUID = 1;

        public FailedPrecondition(String message) {
            super(message, null, "");
        }

        public FailedPrecondition(String message, Throwable cause) {
            super(message, cause, "");
        }

        private FailedPrecondition(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "failed precondition";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new FailedPrecondition(message, cause, words);
        }
    }

    /// Something else uses the resource.
    public static final class Conflict extends EngineException {
        private static final long serialVersionUID = 1;

        public Conflict(String message) {
            super(message, null, "");
        }

        public Conflict(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Conflict(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "conflict";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Conflict(message, cause, words);
        }
    }

    /// There was nothing to do.
    public static final class NotModified extends EngineException {
        private static final long serialVersionUID = 1;

        public NotModified(String message) {
            super(message, null, "");
        }

        public NotModified(String message, Throwable cause) {
            super(message, cause, "");
        }

        private NotModified(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "not modified";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new NotModified(message, cause, words);
        }
    }

    /// A concurrent change won; the caller may try again from the start.
    public static final class Aborted extends EngineException {
        private static final long serialVersionUID = 1;

        public Aborted(String message) {
            super(message, null, "");
        }

        public Aborted(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Aborted(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "aborted";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Aborted(message, cause, words);
        }
    }

    /// An offset or a size lies outside what exists.
    public static final class OutOfRange extends EngineException {
        private static final long serialVersionUID = 1;

        public OutOfRange(String message) {
            super(message, null, "");
        }

        public OutOfRange(String message, Throwable cause) {
            super(message, cause, "");
        }

        private OutOfRange(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "out of range";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new OutOfRange(message, cause, words);
        }
    }

    /// This engine, or this driver, does not offer it.
    public static final class NotImplemented extends EngineException {
        private static final long serialVersionUID = 1;

        public NotImplemented(String message) {
            super(message, null, "");
        }

        public NotImplemented(String message, Throwable cause) {
            super(message, cause, "");
        }

        private NotImplemented(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "not implemented";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new NotImplemented(message, cause, words);
        }
    }

    /// It may work when tried again, for instance because something is locked or starting.
    public static final class Unavailable extends EngineException {
        private static final long serialVersionUID = 1;

        public Unavailable(String message) {
            super(message, null, "");
        }

        public Unavailable(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Unavailable(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "unavailable";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Unavailable(message, cause, words);
        }
    }

    /// Credentials are missing or were refused.
    public static final class Unauthenticated extends EngineException {
        private static final long serialVersionUID = 1;

        public Unauthenticated(String message) {
            super(message, null, "");
        }

        public Unauthenticated(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Unauthenticated(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "unauthorized";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Unauthenticated(message, cause, words);
        }
    }

    /// Stored bytes no longer match what was promised.
    public static final class DataLoss extends EngineException {
        private static final long serialVersionUID = 1;

        public DataLoss(String message) {
            super(message, null, "");
        }

        public DataLoss(String message, Throwable cause) {
            super(message, cause, "");
        }

        private DataLoss(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "data loss";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new DataLoss(message, cause, words);
        }
    }

    /// An invariant of our own was broken.
    public static final class Internal extends EngineException {
        private static final long serialVersionUID = 1;

        public Internal(String message) {
            super(message, null, "");
        }

        public Internal(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Internal(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "internal";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Internal(message, cause, words);
        }
    }

    /// Any failure that has no better word.
    public static final class Unknown extends EngineException {
        private static final long serialVersionUID = 1;

        public Unknown(String message) {
            super(message, null, "");
        }

        public Unknown(String message, Throwable cause) {
            super(message, cause, "");
        }

        private Unknown(String message, Throwable cause, String remedy) {
            super(message, cause, remedy);
        }

        @Override
        public String word() {
            return "";
        }

        @Override
        EngineException copy(String message, Throwable cause, String words) {
            return new Unknown(message, cause, words);
        }
    }
}
