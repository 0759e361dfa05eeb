package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Turns logs that have become too large and are to have successors: the file is renamed, and conmon opens a new one.
/// One virtual thread looks at all of them every second.
final class LogRotation implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogRotation.class.getName());
    private static final long PAUSE_MILLIS = 1000;

    private final EngineParts parts;
    private final Shelf shelf;
    private final Folders folders;
    private final Thread thread;

    LogRotation(EngineParts parts, Shelf shelf, Folders folders) {
        this.parts = parts;
        this.shelf = shelf;
        this.folders = folders;
        thread = Thread.ofVirtual().name("log-rotation").unstarted(this::watch);
    }

    void start() {
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PAUSE_MILLIS);
                shelf.all().stream().filter(Entry::isRunning).forEach(this::look);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    private void look(Entry entry) {
        var settings = LogSettings.of(entry.doc().options().log());
        if (!settings.kept() || settings.maxSize() == 0 || settings.maxFiles() < 2) {
            return;
        }
        var log = folders.log(entry.doc());
        try {
            if (Files.exists(log) && Files.size(log) > settings.maxSize()) {
                turn(log, settings.maxFiles());
                parts.tasks().reopenLog(entry.key());
            }
        } catch (IOException | EngineException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "turn the log of container " + entry.doc().key() + ": " + failure.getMessage());
        }
    }

    /// `log` becomes `log.1`, that `log.2` ..., and the oldest one goes.
    static void turn(Path log, int files) throws IOException {
        for (var number = files - 1; number > 0; number--) {
            var from = number == 1 ? log : LogFile.numbered(log, number - 1);
            if (Files.exists(from)) {
                Files.move(from, LogFile.numbered(log, number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
