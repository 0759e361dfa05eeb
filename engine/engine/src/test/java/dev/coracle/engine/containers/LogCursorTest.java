package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCursorTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final List<String> seen = new ArrayList<>();
    private int nanos;

    private Path log() {
        return folder.resolve("output.log");
    }

    private void write(String... texts) throws IOException {
        for (var text : texts) {
            Files.writeString(
                    log(),
                    "2026-01-02T03:04:05.%09d+00:00 stdout %s\n".formatted(++nanos, text),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private void advance(LogCursor cursor) throws IOException {
        cursor.advance(entry ->
                seen.add(new String(entry.bytes(), StandardCharsets.UTF_8) + (entry.isPartial() ? "..." : "")));
    }

    /// As another process would go on.
    private static LogCursor after(LogCursor cursor, Path log) {
        return new LogCursor(log, LogPosition.parse(cursor.position().toString()));
    }

    @Test
    void every_line_is_had_once_through_files_that_are_turned_and_another_reader() throws IOException {
        var cursor = new LogCursor(log(), LogPosition.BEGINNING);
        advance(cursor);
        write("F one", "P two, ");
        advance(cursor);
        write("F whole", "F three");
        LogRotation.turn(log(), 3);
        write("F four");
        LogRotation.turn(log(), 3);
        write("F five");
        cursor = after(cursor, log());
        advance(cursor);
        advance(cursor);
        assertThat(seen).containsExactly("one", "two, ...", "whole", "three", "four", "five");
        assertThat(cursor.hasGap()).isFalse();
    }

    @Test
    void a_line_that_could_not_be_taken_comes_again_and_those_before_it_do_not() throws IOException {
        write("F one", "F two", "F three");
        var cursor = new LogCursor(log(), LogPosition.BEGINNING);
        assertThatThrownBy(() -> cursor.advance(entry -> {
                    if (!seen.isEmpty()) {
                        throw new IOException("not now");
                    }
                    seen.add(new String(entry.bytes(), StandardCharsets.UTF_8));
                }))
                .hasMessage("not now");
        advance(after(cursor, log()));
        assertThat(seen).containsExactly("one", "two", "three");
    }

    @Test
    void half_a_line_waits_for_its_end() throws IOException {
        Files.writeString(log(), "2026-01-02T03:04:05Z stdout F be");
        var cursor = new LogCursor(log(), LogPosition.BEGINNING);
        advance(cursor);
        assertThat(seen).isEmpty();
        Files.writeString(log(), "gun\n", StandardOpenOption.APPEND);
        advance(cursor);
        assertThat(seen).containsExactly("begun");
    }

    @Test
    void lines_that_went_with_their_file_are_noticed() throws IOException {
        write("F one");
        var cursor = new LogCursor(log(), LogPosition.BEGINNING);
        advance(cursor);
        write("F lost");
        LogRotation.turn(log(), 2);
        write("F lost, too");
        LogRotation.turn(log(), 2);
        write("F three");
        advance(cursor);
        assertThat(cursor.hasGap()).isTrue();
        assertThat(cursor.hasGap()).isFalse();
        assertThat(seen).containsExactly("one", "lost, too", "three");
    }
}
