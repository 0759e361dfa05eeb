package dev.coracle.base;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// What the JDK says about files, in the engine's vocabulary: the one place where drivers turn
/// an [IOException] of `java.nio` into a failure with a remedy.
public final class FileFailures {
    private static final String SPACE = "free some space on that file system, or raise the quota, and try again";

    private FileFailures() {}

    /// The failure of an attempt ("write blob sha256:..."), with the cause kept.
    public static EngineException of(String attempt, IOException cause) {
        var why = reason(cause);
        if (why.contains("no space left on device")
                || why.contains("disk quota exceeded")
                || why.contains("file too large")) {
            return new ResourceExhausted(attempt + ": " + why, cause).remedy(SPACE);
        }
        return switch (cause) {
            case NoSuchFileException missing ->
                new NotFound(attempt + ": " + missing.getFile() + " does not exist", cause);
            case AccessDeniedException denied ->
                new PermissionDenied(attempt + ": " + denied.getFile() + ": access denied", cause);
            default -> new Internal(attempt + ": " + why, cause);
        };
    }

    private static String reason(IOException cause) {
        var message = cause.getMessage();
        if (cause instanceof FileSystemException failure && failure.getReason() != null) {
            message = failure.getFile() + ": " + failure.getReason();
        }
        if (message == null) {
            message = cause.getClass().getSimpleName();
        }
        // The C library's words begin with a capital; ours do not.
        var words = message.replace("No space left", "no space left").replace("Disk quota", "disk quota");
        return words.equals("File too large") ? words.toLowerCase(Locale.ROOT) : words;
    }
}
