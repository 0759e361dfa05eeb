package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.base.TaskGroup;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import java.io.IOException;

/// Work with namespaces, on a platform thread of its own. A virtual thread that waited for a thread
/// inside a namespace would be woken by it, and the wake-up may start a carrier there: virtual
/// threads that have nothing to do with it would then live in the wrong network (see
/// ADR 50).
final class OwnThread {
    /// What may fail in the ways of system calls.
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    private OwnThread() {}

    /// Runs the work and returns what it returned. Failures become the engine's here, in one place.
    ///
    /// @param attempt for messages: what is done
    static <T> T run(String attempt, Work<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            return translated(attempt, work);
        }
        try (var group = TaskGroup.onPlatformThreads("network")) {
            var result = group.fork(() -> translated(attempt, work));
            group.join();
            return result.resultNow();
        } catch (EngineException failure) {
            throw failure;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown(attempt + ": interrupted", stop);
        } catch (Exception failure) {
            throw failure instanceof RuntimeException unexpected
                    ? unexpected
                    : new Internal(attempt + ": " + failure.getMessage(), failure);
        }
    }

    private static <T> T translated(String attempt, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown(attempt + ": interrupted", stop);
        } catch (IOException failure) {
            throw engine(attempt, failure);
        }
    }

    static EngineException engine(String attempt, IOException failure) {
        var message = attempt + ": " + failure.getMessage();
        if (cause(failure) instanceof ErrnoException cause) {
            if (cause.is(Errno.EPERM, Errno.EACCES)) {
                return new PermissionDenied(message, failure);
            }
            if (cause.is(Errno.ENOSPC, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)) {
                return new ResourceExhausted(message, failure);
            }
        }
        return new Internal(message, failure);
    }

    /// A thread inside a namespace hands failures on wrapped.
    static Throwable cause(IOException failure) {
        return failure.getCause() instanceof ErrnoException cause ? cause : failure;
    }
}
