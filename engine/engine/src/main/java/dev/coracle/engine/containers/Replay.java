package dev.coracle.engine.containers;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Somebody who is attached and sees everything from the beginning: output comes from the log, which has every byte
/// once, input goes to the process.
final class Replay {
    private final ContainerRoom room;
    private final Entry entry;
    private final AttachOptions options;

    Replay(ContainerRoom room, Entry entry, AttachOptions options) {
        this.room = room;
        this.entry = entry;
        this.options = options;
    }

    Attachment open() {
        var ticket = entry.run().orElseThrow();
        // what comes by the socket is in the log, too
        var silent = new AttachOptions(
                options.streams(),
                options.stdin(),
                false,
                false,
                false,
                options.detachKeys(),
                options.width(),
                options.height());
        var attached = new Attached(room.parts().tasks(), entry.key(), silent, ticket);
        attached.resizeFirst();
        attached.connected(room.parts().tasks().attach(entry.key(), attached));
        var shown = new CountDownLatch(1);
        var over = new java.util.concurrent.atomic.AtomicBoolean();
        var reading = Thread.ofVirtual().name("replay-" + entry.id()).start(() -> {
            try {
                var query = new LogQuery(java.time.Instant.MIN, java.time.Instant.MAX, -1, true);
                new LogFile(room.folders().log(entry.doc()), false).read(query, over::get, this::show);
            } catch (IOException gone) {
                attached.close();
            } catch (InterruptedException _) {
                // detached
            } finally {
                shown.countDown();
            }
        });
        return new Shown(attached, over, shown, reading);
    }

    private void show(LogLine line) throws IOException {
        var wanted = line.isError() ? options.stderr() : options.stdout();
        if (wanted) {
            var stream =
                    line.isError() ? options.streams().err() : options.streams().out();
            stream.write(line.bytes());
            stream.flush();
        }
    }

    private record Shown(
            Attached attached, java.util.concurrent.atomic.AtomicBoolean over, CountDownLatch shown, Thread reading)
            implements Attachment {
        @Override
        public End await() throws InterruptedException {
            var end = attached.await();
            if (end instanceof End.Exited) {
                over.set(true);
                shown.await();
            } else {
                reading.interrupt();
            }
            return end;
        }

        @Override
        public String execId() {
            return attached.execId();
        }

        @Override
        public void resize(int width, int height) {
            attached.resize(width, height);
        }

        @Override
        public void signal(String signal) {
            attached.signal(signal);
        }

        @Override
        public void close() {
            reading.interrupt();
            attached.close();
        }
    }
}
