package dev.coracle.integration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// A person at a terminal: a program on a real pseudo-terminal (which `script` makes), lines typed into it, and
/// what appears on the screen.
final class Terminal implements AutoCloseable {
    private final Process process;
    private final StringBuilder screen = new StringBuilder();
    private final Thread reader;
    private int seen;

    Terminal(Run program) throws IOException {
        var line = new StringBuilder("stty rows 33 cols 111; exec");
        program.words()
                .forEach(word ->
                        line.append(" '").append(word.replace("'", "'\\''")).append('\''));
        this.process = new Run(
                        java.util.List.of(Host.debians("script"), "-qefc", line.toString(), "/dev/null"),
                        program.environment(),
                        program.limit())
                .with("SHELL", "/bin/sh")
                .with("TERM", "xterm")
                .builder()
                .redirectErrorStream(true)
                .start();
        this.reader = Thread.ofPlatform().name("terminal").daemon().start(() -> drain(process.getInputStream()));
    }

    private void drain(InputStream stream) {
        try (stream) {
            var bytes = new byte[8192];
            for (int read = stream.read(bytes); read > 0; read = stream.read(bytes)) {
                show(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            show("\n[terminal lost: " + e.getMessage() + "]");
        }
    }

    private void show(String text) {
        synchronized (screen) {
            screen.append(text);
        }
    }

    Terminal type(String line) throws IOException {
        return send(line + "\n");
    }

    Terminal send(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    /// Waits until something new on the screen matches, and returns it.
    String await(String pattern, Duration limit) {
        var compiled = Pattern.compile(pattern, Pattern.MULTILINE);
        try {
            return Awaitility.await()
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(20))
                    .until(
                            () -> {
                                var matcher = compiled.matcher(screen());
                                if (!matcher.find(seen)) {
                                    return "";
                                }
                                seen = matcher.end();
                                return matcher.group();
                            },
                            match -> !match.isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("never on the screen: " + pattern + "\n" + end(), e);
        }
    }

    private String end() {
        var all = screen();
        return all.substring(Math.max(0, all.length() - 2000));
    }

    String screen() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    /// Waits for the program to end.
    int status(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the program on the terminal goes on:\n" + end());
        }
        reader.join(limit.toMillis());
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
