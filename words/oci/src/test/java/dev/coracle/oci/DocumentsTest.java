package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.DataLoss;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    enum Colour {
        RED,
        GREEN
    }

    sealed interface Shape {
        record Circle(int radius) implements Shape {}

        record Square(long side, String name) implements Shape {}
    }

    record Part(String name, boolean loose) {}

    record Whole(
            String text,
            int small,
            long large,
            Colour colour,
            Shape shape,
            List<Part> parts,
            Map<String, String> labels,
            Map<String, Shape> shapes,
            Instant time,
            Duration duration,
            Path path) {}

    private static final Whole WHOLE = new Whole(
            "with \"quotes\" and ü",
            -1,
            Long.MAX_VALUE,
            Colour.GREEN,
            new Shape.Square(3, "s"),
            List.of(new Part("a", true), new Part("", false)),
            Map.of("k", "v", "empty", ""),
            Map.of("round", new Shape.Circle(2)),
            Instant.parse("2026-01-02T03:04:05.000000006Z"),
            Duration.ofMillis(1500),
            Path.of("/a/b"));

    @Test
    void a_record_comes_back_as_it_was() {
        assertThat(Documents.read(Whole.class, Documents.write(WHOLE))).isEqualTo(WHOLE);
    }

    @Test
    void the_document_is_plain_json() {
        assertThat(Documents.write(new Part("x", true))).isEqualTo("{\"name\":\"x\",\"loose\":true}");
    }

    @Test
    void records_may_grow_and_shrink() {
        assertThat(Documents.read(Part.class, "{\"name\":\"x\",\"gone\":{\"a\":1}}"))
                .isEqualTo(new Part("x", false));
        assertThat(Documents.read(Part.class, "{}")).isEqualTo(new Part("", false));
    }

    @Test
    void what_cannot_be_read_is_data_loss() {
        record Holder(Shape shape) {}
        assertThatThrownBy(() -> Documents.read(Holder.class, "{\"shape\":{\"kind\":\"Triangle\"}}"))
                .isInstanceOf(DataLoss.class)
                .hasMessageContaining("Triangle");
        assertThatThrownBy(() -> Documents.read(Whole.class, "{\"colour\":\"BLUE\"}"))
                .isInstanceOf(DataLoss.class);
    }
}
