package dev.coracle.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Layers that go through real programs before they are unpacked.
@Timeout(60)
class StreamProgramTest {
    private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
    private static final Path SHELL = Path.of("/bin/sh");

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Spawner spawner;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final MemoryContent content = new MemoryContent();

    @BeforeAll
    static void open() throws IOException {
        spawner = Spawner.open();
    }

    @AfterAll
    static void close() {
        spawner.close();
    }

    private StreamProcessor shell(String id, String accepts, String returns, String script) {
        return new StreamProcessor(
                id,
                Set.of(accepts),
                returns,
                SHELL,
                List.of("-c", script),
                Map.of("PATH", "/usr/bin:/bin", "OUT", folder.toString()));
    }

    private Descriptor apply(Descriptor layer, Map<String, TypedBytes> payloads, StreamProcessor... processors)
            throws IOException {
        var root = Files.createDirectories(folder.resolve("root"));
        var programs = new StreamPrograms(spawner, List.of(processors));
        return new TarLayerStore(new NoMounter(), folder.resolve("tmp"), LayerLimits.DEFAULT, programs)
                .apply(content, layer, List.of(new Mount("bind", root.toString(), List.of())), payloads);
    }

    @Test
    void a_layer_goes_through_its_program_which_is_told_what_it_gets() throws IOException {
        var plain = new Tarball().file("hello", "world\n").plain();
        var layer = content.add("packed", Tarball.gzip(plain));
        var payload = new TypedBytes("some.Key", "secret".getBytes(StandardCharsets.UTF_8));

        var applied = apply(
                layer,
                Map.of("unpack", payload, "other", TypedBytes.NONE),
                shell(
                        "unpack",
                        "packed",
                        PLAIN,
                        "printf %s $STREAM_PROCESSOR_MEDIATYPE >$OUT/type; cat <&3 >$OUT/payload; gzip -dc"));

        assertThat(applied).isEqualTo(new Descriptor(PLAIN, Digest.ofBytes(plain), plain.length));
        assertThat(folder.resolve("root/hello")).hasContent("world\n");
        assertThat(folder.resolve("type")).hasContent("packed");
        assertThat(folder.resolve("payload")).hasContent("\n\bsome.Key\u0012\u0006secret");
    }

    @Test
    void programs_follow_each_other_until_we_can_read_it_ourselves() throws IOException {
        var plain = new Tarball().file("hello", "world\n").plain();
        var layer = content.add("twice", Tarball.gzip(Tarball.gzip(Tarball.gzip(plain))));

        apply(
                layer,
                Map.of(),
                shell("first", "twice", "once", "gzip -dc"),
                shell("second", "once", PLAIN + "+gzip", "gzip -dc"));

        assertThat(folder.resolve("root/hello")).hasContent("world\n");
    }

    @Test
    void more_than_the_pipes_hold_goes_through() throws IOException {
        var bytes = "x".repeat(5 << 20);
        var layer = content.add("same", new Tarball().file("large", bytes).plain());
        apply(layer, Map.of(), shell("cat", "same", "other", "cat"), shell("dog", "other", PLAIN, "cat"));
        assertThat(folder.resolve("root/large")).hasSize(5 << 20);
    }

    @Test
    void the_status_and_the_last_words_of_a_program_that_fails_are_told() {
        var layer = content.add("sealed", new byte[1 << 20]);
        assertThatThrownBy(() -> apply(
                        layer, Map.of(), shell("unseal", "sealed", PLAIN, "echo no key for this layer >&2; exit 3")))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("apply layer " + layer.digest()
                        + ": stream processor unseal: /bin/sh: exit status 3: no key for this layer");
    }

    @Test
    void a_program_that_needs_only_a_part_is_content() throws IOException {
        var plain = new Tarball().file("hello", "world\n").plain();
        var layer = content.add("padded", Arrays.copyOf(plain, 3 << 20));
        apply(layer, Map.of(), shell("cut", "padded", PLAIN, "head -c " + plain.length));
        assertThat(folder.resolve("root/hello")).hasContent("world\n");
    }

    @Test
    void a_broken_archive_ends_the_programs() {
        var layer = content.add("same", new byte[] {1, 2, 3});
        assertThatThrownBy(() ->
                        apply(layer, Map.of(), shell("endless", "same", PLAIN, "while :; do echo not a tar; done")))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    void a_program_that_is_not_there_is_named() {
        var layer = content.add("packed", new byte[] {1});
        var missing = new StreamProcessor("dec", Set.of("packed"), PLAIN, Path.of("ctd-decoder"), List.of(), Map.of());
        assertThatThrownBy(() -> apply(layer, Map.of(), missing))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageEndingWith("stream processor dec: program ctd-decoder is not on the path of the daemon");
    }

    @Test
    void programs_that_lead_in_a_circle_are_refused() {
        var layer = content.add("a", new byte[] {1});
        assertThatThrownBy(() -> apply(layer, Map.of(), shell("one", "a", "b", "cat"), shell("two", "b", "a", "cat")))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("come to no end");
    }

    /// Plain bind mounts are used without mounting.
    private static final class NoMounter implements Mounter {
        @Override
        public void mount(List<Mount> mounts, Path root) {
            throw new AssertionError("nothing here needs a mount");
        }

        @Override
        public void unmount(Path root) {
            throw new AssertionError("nothing here was mounted");
        }
    }
}
