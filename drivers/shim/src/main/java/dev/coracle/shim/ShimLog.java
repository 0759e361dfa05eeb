package dev.coracle.shim;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.Poller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

/// What a shim writes into the pipe `log` of its bundle, line by line into our log. Opened for both
/// directions, so that neither the shim waits for us nor its end is ours.
final class ShimLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ShimLog.class.getName());
    private static final int LONGEST_LINE = 16 << 10;

    /// A line as shims write them: level and message among other words.
    private static final Pattern SAID = Pattern.compile("\\blevel=(\\w+) msg=\"?((?:[^\"\\\\]|\\\\.)*)");

    private final Poller poller;
    private final Fd pipe;
    private final String id;
    private final byte[] buffer = new byte[4096];
    private final StringBuilder line = new StringBuilder();

    private ShimLog(Poller poller, Fd pipe, String id) {
        this.poller = poller;
        this.pipe = pipe;
        this.id = id;
    }

    static ShimLog open(Path bundle, String id, Poller poller) throws ErrnoException {
        var pipe = Fd.open(bundle.resolve("log"), Set.of(OpenFlag.READ_WRITE, OpenFlag.NON_BLOCKING), 0);
        var log = new ShimLog(poller, pipe, id);
        try {
            poller.onReadable(pipe, log::read);
            return log;
        } catch (ErrnoException e) {
            pipe.close();
            throw e;
        }
    }

    private void read() throws ErrnoException {
        if (!pipe.isOpen()) {
            return;
        }
        try {
            var count = pipe.read(buffer, 0, buffer.length);
            line.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return;
            }
            throw e;
        }
        for (var end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
            tell(line.substring(0, end));
            line.delete(0, end + 1);
        }
        if (line.length() > LONGEST_LINE) {
            tell(line.toString());
            line.setLength(0);
        }
    }

    private void tell(String text) {
        if (text.isBlank()) {
            return;
        }
        var said = SAID.matcher(text);
        if (!said.find()) {
            LOG.log(System.Logger.Level.INFO, "shim says: " + text);
            return;
        }
        var level = switch (said.group(1)) {
            case "panic", "fatal", "error" -> System.Logger.Level.ERROR;
            case "warning" -> System.Logger.Level.WARNING;
            default -> System.Logger.Level.DEBUG; // what a shim does is seldom what its daemon's owner looks for
        };
        LOG.log(level, "shim: " + said.group(2) + " container=" + id);
    }

    @Override
    public void close() {
        poller.execute(() -> {
            poller.remove(pipe);
            pipe.close();
        });
    }
}
