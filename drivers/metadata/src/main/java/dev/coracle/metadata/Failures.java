package dev.coracle.metadata;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unavailable;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What the database says, in the engine's vocabulary: the one place where it is translated.
final class Failures {
    private Failures() {}

    static EngineException of(Path file, SQLException cause) {
        var code = cause instanceof SQLiteException failure
                ? failure.getResultCode()
                : SQLiteErrorCode.getErrorCode(cause.getErrorCode());
        var attempt = "metadata store " + file;
        // The extended codes carry the kind in their lowest byte.
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
            case SQLITE_FULL ->
                new ResourceExhausted(attempt + ": the disk is full", cause)
                        .remedy("free some space on that file system and try again");
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                new DataLoss(attempt + ": its content is damaged", cause)
                        .remedy("stop the daemon and restore the file from a backup, or move the whole root directory"
                                + " away and start afresh");
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new Unavailable(attempt + ": another process holds it", cause).remedy("find it with: fuser -v " + file);
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN ->
                new PermissionDenied(attempt + ": it cannot be opened for writing", cause)
                        .remedy("check owner and mode of the file and its directory");
            case SQLITE_IOERR ->
                new Internal(attempt + ": reading or writing failed (" + code + ")", cause)
                        .remedy("look for errors of the disk in the kernel's log (dmesg)");
            default -> new Internal(attempt + ": " + cause.getMessage(), cause);
        };
    }
}
