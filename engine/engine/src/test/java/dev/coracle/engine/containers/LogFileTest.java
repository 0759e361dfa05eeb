package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private Path log() {
        return folder.resolve("output.log");
    }

    private static String line(int second, String stream, String text) {
        return "2026-01-02T03:04:%02d.000000001+01:00 %s %s\n".formatted(second, stream, text);
    }

    private static LogQuery tail(int lines) {
        return new LogQuery(Instant.MIN, Instant.MAX, lines, false);
    }

    private List<String> read(LogQuery query) throws IOException, InterruptedException {
        var lines = new ArrayList<String>();
        new LogFile(log())
                .read(
                        query,
                        () -> true,
                        line -> lines.add(
                                (line.isError() ? "2:" : "1:") + new String(line.bytes(), StandardCharsets.UTF_8)));
        return lines;
    }

    @Test
    void pieces_of_a_line_are_put_together_for_each_stream() throws Exception {
        Files.writeString(
                log(),
                line(1, "stdout", "P one ")
                        + line(2, "stderr", "F error")
                        + line(3, "stdout", "F two")
                        + line(4, "stdout", "P no end"));
        assertThat(read(LogQuery.ALL)).containsExactly("2:error\n", "1:one two\n", "1:no end");
    }

    @Test
    void a_tail_is_the_last_lines_over_all_files() throws Exception {
        Files.writeString(LogFile.numbered(log(), 2), line(1, "stdout", "F a"));
        Files.writeString(LogFile.numbered(log(), 1), line(2, "stdout", "F b") + line(3, "stdout", "F c"));
        Files.writeString(log(), line(4, "stdout", "F d"));
        assertThat(read(tail(-1))).containsExactly("1:a\n", "1:b\n", "1:c\n", "1:d\n");
        assertThat(read(tail(2))).containsExactly("1:c\n", "1:d\n");
        assertThat(read(tail(0))).isEmpty();
        assertThat(read(tail(100))).hasSize(4);
    }

    @Test
    void times_limit_what_is_shown() throws Exception {
        Files.writeString(log(), line(1, "stdout", "F a") + line(2, "stdout", "F b") + line(3, "stdout", "F c"));
        var since = Instant.parse("2026-01-02T02:04:02Z");
        var until = Instant.parse("2026-01-02T02:04:02.5Z");
        assertThat(read(new LogQuery(since, until, -1, false))).containsExactly("1:b\n");
    }

    @Test
    void no_log_and_damaged_lines_are_no_failure() throws Exception {
        assertThat(read(LogQuery.ALL)).isEmpty();
        Files.writeString(log(), "garbage\n\n" + line(1, "stdout", "F") + line(2, "stdout", "F ") + "half");
        assertThat(read(LogQuery.ALL)).containsExactly("1:\n");
    }

    @Test
    void who_follows_sees_what_comes_and_the_next_file() throws Exception {
        Files.writeString(log(), line(1, "stdout", "F a"));
        var asked = new AtomicInteger();
        var lines = new ArrayList<String>();
        new LogFile(log())
                .read(
                        new LogQuery(Instant.MIN, Instant.MAX, -1, true),
                        () -> step(asked.incrementAndGet()),
                        line -> lines.add(new String(line.bytes(), StandardCharsets.UTF_8)));
        assertThat(lines).containsExactly("a\n", "b\n", "c\n", "d\n");
    }

    /// Something happens between two looks; after the last one it is over.
    private boolean step(int look) {
        try {
            switch (look) {
                case 2 -> Files.writeString(log(), line(2, "stdout", "F b"), StandardOpenOption.APPEND);
                case 4 -> {
                    LogRotation.turn(log(), 3);
                    Files.writeString(LogFile.numbered(log(), 1), line(3, "stdout", "F c"), StandardOpenOption.APPEND);
                    Files.writeString(log(), line(4, "stdout", "F d"));
                }
                default -> {}
            }
            return look > 6;
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
