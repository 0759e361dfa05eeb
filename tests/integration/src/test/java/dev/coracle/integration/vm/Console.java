package dev.coracle.integration.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A serial line of the machine, with somebody at the keyboard.
final class Console implements AutoCloseable {
    private static final Pattern ESCAPES = Pattern.compile("\u001b(\\[[0-?]*[ -/]*[@-~]|[^\\[])|\r");

    private static final String PROMPT = "\\w+@vm:\\S+[$#] ";

    private final String name;
    private final SocketChannel line;
    private final StringBuilder seen = new StringBuilder();
    private int read;
    private int typed;

    Console(String name, Path socket) throws IOException {
        this.name = name;
        this.line = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("console-" + name).start(this::listen);
    }

    private void listen() {
        var bytes = ByteBuffer.allocate(1 << 14);
        try {
            while (line.read(bytes) >= 0) {
                synchronized (seen) {
                    seen.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
                    seen.notifyAll();
                }
                bytes.clear();
            }
        } catch (IOException e) {
            // The machine is off: whoever waits for more finds out by its deadline.
            append("\n[" + name + ": " + e + "]\n");
        }
    }

    private void append(String text) {
        synchronized (seen) {
            seen.append(text);
            seen.notifyAll();
        }
    }

    /// Types a line without waiting for anything; what was on the screen before is no longer waited for.
    void type(String text) {
        var bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
        synchronized (seen) {
            read = screen().length();
        }
        try {
            while (bytes.hasRemaining()) {
                line.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the pattern appears behind what was last typed or waited for.
    MatchResult waitFor(String regex, Duration limit) throws InterruptedException {
        var pattern = Pattern.compile(regex);
        var deadline = System.nanoTime() + limit.toNanos();
        synchronized (seen) {
            while (true) {
                var matcher = pattern.matcher(screen());
                if (matcher.find(Math.min(read, screen().length()))) {
                    read = matcher.end();
                    return matcher.toMatchResult();
                }
                var left = Duration.ofNanos(deadline - System.nanoTime());
                if (!left.isPositive()) {
                    throw new AssertionError("nothing like \"%s\" on console %s within %d s; the last of it:\n%s"
                            .formatted(regex, name, limit.toSeconds(), tail()));
                }
                seen.wait(left.toMillis() + 1);
            }
        }
    }

    private String screen() {
        return ESCAPES.matcher(seen).replaceAll("");
    }

    /// Types a command at a shell and waits for its end.
    Outcome run(String command, Duration limit) throws InterruptedException {
        // The shell's echo of this line does not look like the mark that the command prints at its end.
        int number = ++typed;
        type(command + "; echo \"<\"\"" + number + ":$?>\"");
        try {
            var found = waitFor("(?s)\n(.*)<" + number + ":(\\d+)>", limit);
            waitFor(PROMPT, limit); // what is typed before it would be seen twice
            return new Outcome(command, Integer.parseInt(found.group(2)), found.group(1));
        } catch (AssertionError e) {
            type("\u0003"); // whoever types next shall find a shell again
            throw e;
        }
    }

    /// The last that was on the screen.
    String tail() {
        synchronized (seen) {
            var screen = screen();
            return screen.substring(Math.max(0, screen.length() - 6000));
        }
    }

    @Override
    public void close() throws IOException {
        line.close();
    }

    /// How a typed command ended and what it printed.
    record Outcome(String command, int status, String output) {
        Outcome expect(int expected) {
            if (status != expected) {
                throw new AssertionError("status " + status + " instead of " + expected + " from: " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return command + "\n-> " + status + "\n" + output;
        }
    }
}
