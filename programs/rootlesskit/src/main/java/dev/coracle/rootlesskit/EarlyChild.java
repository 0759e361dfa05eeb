package dev.coracle.rootlesskit;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import java.util.Optional;

/// The child that the launch script has started before it became this program, so that both start at the same time. The
/// script only guesses from the command line which namespaces are wanted; the guess is checked before it is used.
///
/// @param namespaces the words to unshare that say which
record EarlyChild(long pid, Fd reader, Fd writer, String namespaces) {
    static final String VARIABLE = "CORACLE_CHILD";

    /// @param text what the script says: pid, the two descriptors, the words
    static Optional<EarlyChild> find(Optional<String> text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var words = text.get().split(" ", 4);
        return Optional.of(new EarlyChild(
                Long.parseLong(words[0]),
                Fd.adopt(Integer.parseInt(words[1])),
                Fd.adopt(Integer.parseInt(words[2])),
                words[3]));
    }

    /// Nobody needs it. Returns when it is gone.
    void end() throws ErrnoException {
        reader.close();
        writer.close();
        Self.keepEndedChildren();
        try (var process = PidFd.open(pid)) {
            process.send(Signal.KILL);
            process.waitAndReap();
        } catch (ErrnoException failure) {
            // collected by the kernel, if whoever started us ignores the end of its children
            if (!failure.is(Errno.ESRCH, Errno.ECHILD)) {
                throw failure;
            }
        }
    }
}
