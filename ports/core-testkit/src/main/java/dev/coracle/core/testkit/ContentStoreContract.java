package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Filter;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.FieldMask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [ContentStore] must do whose namespaces share their content.
public interface ContentStoreContract extends StoresContract {
    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Digest digest(String text) {
        return Digest.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(ContentStore content, Digest digest) throws IOException {
        try (var reader = content.open(digest)) {
            var buffer = ByteBuffer.allocate((int) reader.size());
            var at = 0L;
            while (buffer.hasRemaining()) {
                at += reader.read(buffer, at);
            }
            assertThat(reader.read(ByteBuffer.allocate(1), at)).isEqualTo(-1);
            return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
        }
    }

    private ContentStore content() {
        return content("testing");
    }

    /// Under a lease: a collection of the store's own must not take what a test has just written.
    private ContentStore content(String namespace) {
        var work = Optional.of("work");
        var leases = stores().in(Scope.of(namespace)).leases();
        if (leases.list(List.of(Filter.parse("id==work"))).isEmpty()) {
            leases.create(work, Map.of());
        }
        return stores().in(new Scope(namespace, work)).content();
    }

    private BlobWriter writer(String ref) {
        return content().writer(ref, 0, Optional.empty());
    }

    @Test
    default void bytes_become_a_blob() throws IOException {
        var before = Instant.now();
        try (var writer = writer("ref")) {
            writer.write(bytes("hello, "));
            assertThat(writer.digest()).isEqualTo(digest("hello, "));
            writer.write(bytes("world"));
            assertThat(writer.status().offset()).isEqualTo(12);
            assertThat(writer.commit(12, Optional.of(digest("hello, world")), Map.of("a", "1", "b", "")))
                    .isEqualTo(digest("hello, world"));
        }
        var info = content().info(digest("hello, world"));
        assertThat(info.size()).isEqualTo(12);
        assertThat(info.labels()).isEqualTo(Map.of("a", "1"));
        assertThat(info.createdAt()).isBetween(before, Instant.now()).isEqualTo(info.updatedAt());
        assertThat(read(content(), info.digest())).isEqualTo("hello, world");
        assertThat(content().statuses(List.of())).isEmpty();
    }

    @Test
    default void an_empty_blob_is_a_blob() throws IOException {
        try (var writer = writer("ref")) {
            writer.commit(0, Optional.empty(), Map.of());
        }
        assertThat(content().info(digest("")).size()).isZero();
        assertThat(read(content(), digest(""))).isEmpty();
    }

    @Test
    default void a_write_that_was_left_goes_on_where_it_was() throws IOException {
        try (var writer = writer("ref")) {
            writer.write(bytes("first "));
        }
        try (var writer = writer("ref")) {
            assertThat(writer.status().offset()).isEqualTo(6);
            assertThat(writer.digest()).isEqualTo(digest("first "));
            writer.write(bytes("second"));
            writer.commit(0, Optional.of(digest("first second")), Map.of());
        }
        assertThat(read(content(), digest("first second"))).isEqualTo("first second");
    }

    @Test
    default void a_write_can_be_cut_back() throws IOException {
        try (var writer = writer("ref")) {
            writer.write(bytes("wrong bytes"));
            writer.truncate(0);
            assertThat(writer.status().offset()).isZero();
            writer.write(bytes("right, too long"));
            writer.truncate(5);
            assertThat(writer.digest()).isEqualTo(digest("right"));
            writer.commit(5, Optional.of(digest("right")), Map.of());
        }
        assertThat(read(content(), digest("right"))).isEqualTo("right");
    }

    @Test
    default void a_reference_has_one_writer_at_a_time() {
        var first = writer("ref");
        assertThatThrownBy(() -> writer("ref"))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("ref")
                .hasMessageContaining("locked");
        try (var other = writer("another ref")) {
            other.write(bytes("x"));
        }
        var elsewhere = content("elsewhere").writer("ref", 0, Optional.empty());
        elsewhere.close();
        first.close();
        first.close();
        writer("ref").close();
    }

    @Test
    default void a_wrong_size_or_digest_keeps_the_ingest() throws IOException {
        try (var writer = writer("ref")) {
            writer.write(bytes("bytes"));
            assertThatThrownBy(() -> writer.commit(6, Optional.empty(), Map.of()))
                    .isInstanceOf(FailedPrecondition.class)
                    .hasMessageContaining("unexpected commit size 5, expected 6");
            assertThatThrownBy(() -> writer.commit(5, Optional.of(digest("other")), Map.of()))
                    .isInstanceOf(FailedPrecondition.class)
                    .hasMessageContaining("unexpected commit digest " + digest("bytes") + ", expected");
        }
        assertThat(content().status("ref").offset()).isEqualTo(5);
        try (var writer = writer("ref")) {
            writer.write(bytes("!"));
            writer.commit(6, Optional.of(digest("bytes!")), Map.of());
        }
        assertThat(read(content(), digest("bytes!"))).isEqualTo("bytes!");
    }

    @Test
    default void what_was_promised_when_it_was_opened_is_held_against_the_commit() {
        try (var writer = content().writer("ref", 7, Optional.of(digest("promise")))) {
            writer.write(bytes("broken!"));
            assertThatThrownBy(() -> writer.commit(0, Optional.empty(), Map.of()))
                    .isInstanceOf(FailedPrecondition.class);
            writer.truncate(0);
            writer.write(bytes("promis"));
            assertThatThrownBy(() -> writer.commit(0, Optional.empty(), Map.of()))
                    .isInstanceOf(FailedPrecondition.class);
            writer.write(bytes("e"));
            writer.commit(0, Optional.empty(), Map.of());
        }
        assertThat(content().info(digest("promise")).size()).isEqualTo(7);
    }

    @Test
    default void a_sha512_digest_is_served_too() throws IOException {
        var text = "long digest";
        var expected =
                Digest.parse("sha512:" + HexFormat.of().formatHex(hash512(text.getBytes(StandardCharsets.UTF_8))));
        try (var writer = content().writer("a", 0, Optional.of(expected))) {
            writer.write(bytes(text));
            assertThat(writer.commit(0, Optional.of(expected), Map.of())).isEqualTo(expected);
        }
        assertThat(read(content(), expected)).isEqualTo(text);
        content().delete(expected);
        try (var writer = writer("b")) {
            writer.write(bytes(text));
            assertThat(writer.commit(0, Optional.of(expected), Map.of())).isEqualTo(expected);
        }
    }

    private static byte[] hash512(byte[] bytes) {
        try {
            return java.security.MessageDigest.getInstance("SHA-512").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void a_blob_that_exists_cannot_be_written_again() {
        var known = StoresContract.write(content(), "known", Map.of("a", "1"));
        assertThatThrownBy(() -> content().writer("ref", 0, Optional.of(known))).isInstanceOf(AlreadyExists.class);
        assertThat(content().statuses(List.of())).isEmpty();

        try (var writer = writer("ref")) {
            writer.write(bytes("known"));
            assertThatThrownBy(() -> writer.commit(0, Optional.of(known), Map.of("b", "2")))
                    .isInstanceOf(AlreadyExists.class);
        }
        assertThat(content().statuses(List.of())).isEmpty();
        assertThat(content().info(known).labels()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    default void a_lease_holds_what_is_written_and_what_is_found() {
        var first = leased("first", Map.of());
        var known = StoresContract.write(first.content(), "known", Map.of());
        var content = new LeaseResource("content", known.toString());
        assertThat(testing().leases().resources("first")).containsExactly(content);

        var second = leased("second", Map.of());
        assertThatThrownBy(() -> second.content().writer("ref", 0, Optional.of(known)))
                .isInstanceOf(AlreadyExists.class);
        assertThat(testing().leases().resources("second")).containsExactly(content);

        var third = leased("third", Map.of());
        try (var writer = third.content().writer("ref", 0, Optional.empty())) {
            assertThat(testing().leases().resources("third")).containsExactly(new LeaseResource("ingests", "ref"));
            writer.write(bytes("known"));
            assertThatThrownBy(() -> writer.commit(0, Optional.empty(), Map.of()))
                    .isInstanceOf(AlreadyExists.class);
        }
        assertThat(testing().leases().resources("third")).containsExactly(content);
    }

    @Test
    default void a_blob_of_another_namespace_only_has_to_be_committed() throws IOException {
        var shared = StoresContract.write(content("first"), "shared bytes", Map.of("secret", "label"));
        var second = content("second");
        try (var writer = second.writer("ref", 12, Optional.of(shared))) {
            assertThat(writer.status().offset()).isEqualTo(12);
            assertThat(writer.status().total()).isEqualTo(12);
            assertThat(writer.digest()).isEqualTo(shared);
            assertThatThrownBy(() -> second.info(shared)).isInstanceOf(NotFound.class);
            writer.commit(12, Optional.of(shared), Map.of("own", "label"));
        }
        assertThat(second.info(shared).labels()).isEqualTo(Map.of("own", "label"));
        assertThat(read(second, shared)).isEqualTo("shared bytes");
        content("first").delete(shared);
        assertThat(read(second, shared)).isEqualTo("shared bytes");
    }

    @Test
    default void a_shared_ingest_can_be_written_all_the_same() throws IOException {
        var shared = StoresContract.write(content("first"), "shared", Map.of());
        var second = content("second");
        try (var writer = second.writer("more", 0, Optional.of(shared))) {
            writer.write(bytes(" and more"));
            assertThat(writer.commit(15, Optional.of(digest("shared and more")), Map.of()))
                    .isEqualTo(digest("shared and more"));
        }
        try (var writer = second.writer("again", 0, Optional.of(shared))) {
            writer.truncate(0);
            writer.write(bytes("shared"));
            writer.commit(6, Optional.of(shared), Map.of());
        }
        assertThat(read(second, shared)).isEqualTo("shared");
        assertThat(read(second, digest("shared and more"))).isEqualTo("shared and more");
    }

    @Test
    default void a_status_says_how_far_a_write_has_come() {
        var before = Instant.now();
        var expected = digest("12345");
        try (var writer = content().writer("ref", 5, Optional.of(expected))) {
            var begun = content().status("ref");
            assertThat(begun.startedAt()).isBetween(before, Instant.now());
            writer.write(bytes("123"));
            var status = content().status("ref");
            assertThat(status.ref()).isEqualTo("ref");
            assertThat(status.offset()).isEqualTo(3);
            assertThat(status.total()).isEqualTo(5);
            assertThat(status.expected()).contains(expected);
            assertThat(status.startedAt()).isEqualTo(begun.startedAt());
            assertThat(status.updatedAt()).isAfter(begun.startedAt());
        }
        var resting = content().status("ref");
        assertThat(resting.offset()).isEqualTo(3);
        assertThat(resting.updatedAt()).isAfter(resting.startedAt());
        writer("other").close();
        assertThat(content().statuses(List.of(Filter.parse("ref~=^r"))))
                .extracting(IngestStatus::ref)
                .containsExactly("ref");
        assertThatThrownBy(() -> content().status("nobody")).isInstanceOf(NotFound.class);
    }

    @Test
    default void an_aborted_write_is_gone() {
        try (var writer = writer("ref")) {
            writer.write(bytes("bytes"));
        }
        content().abort("ref");
        assertThatThrownBy(() -> content().abort("ref")).isInstanceOf(NotFound.class);
        try (var writer = writer("ref")) {
            assertThat(writer.status().offset()).isZero();
        }
    }

    @Test
    default void a_write_aborted_by_another_cannot_be_committed() {
        try (var writer = writer("ref")) {
            writer.write(bytes("bytes"));
            content().abort("ref");
            assertThatThrownBy(() -> writer.commit(5, Optional.empty(), Map.of()))
                    .isInstanceOf(NotFound.class);
        }
        assertThatThrownBy(() -> content().info(digest("bytes"))).isInstanceOf(NotFound.class);
    }

    @Test
    default void an_open_reader_outlives_the_blob() throws IOException {
        var known = StoresContract.write(content(), "fleeting", Map.of());
        try (var reader = content().open(known)) {
            content().delete(known);
            collector().collect();
            assertThatThrownBy(() -> content().open(known)).isInstanceOf(NotFound.class);
            var buffer = ByteBuffer.allocate(4);
            assertThat(reader.read(buffer, 4)).isEqualTo(4);
            assertThat(new String(buffer.array(), StandardCharsets.UTF_8)).isEqualTo("ting");
        }
    }

    @Test
    default void labels_change_by_mask() {
        var known = StoresContract.write(content(), "x", Map.of("a", "1", "b.c", "2"));
        var content = content();
        var updated = content.update(known, Map.of("b.c", "", "d", "3"), FieldMask.of("labels.b.c", "labels.d"));

        assertThat(updated.labels()).isEqualTo(Map.of("a", "1", "d", "3"));
        assertThat(updated.updatedAt()).isAfter(updated.createdAt());
        assertThat(content.info(known)).isEqualTo(updated);
        assertThat(content.update(known, Map.of("n", "1"), FieldMask.of("labels"))
                        .labels())
                .isEqualTo(Map.of("n", "1"));
        assertThat(content.update(known, Map.of("m", "1"), FieldMask.EMPTY).labels())
                .isEqualTo(Map.of("m", "1"));
        assertThatThrownBy(() -> content.update(known, Map.of(), FieldMask.of("size")))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> content.update(digest("nothing"), Map.of(), FieldMask.EMPTY))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void blobs_are_walked_by_digest_and_filtered() {
        var all = new ArrayList<Digest>();
        for (var text : List.of("a", "b", "c", "d")) {
            all.add(StoresContract.write(content(), text, Map.of("text", text)));
        }
        all.sort(null);
        assertThat(walked()).isEqualTo(all);
        assertThat(walked("labels.text==b", "labels.text==c")).containsExactlyInAnyOrder(digest("b"), digest("c"));
        assertThat(walked("digest==" + digest("d"))).containsExactly(digest("d"));
        assertThat(walked("labels.text==a,digest==" + digest("d"))).isEmpty();
    }

    private List<Digest> walked(String... filters) {
        var found = new ArrayList<ContentInfo>();
        // A visitor may use the store: nothing is held while it runs.
        content()
                .walk(
                        Filter.parse(List.of(filters)),
                        info -> found.add(content().info(info.digest())));
        return found.stream().map(ContentInfo::digest).toList();
    }

    @Test
    default void an_unknown_blob_is_not_found() {
        var unknown = digest("unknown");
        assertThatThrownBy(() -> content().info(unknown)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> content().open(unknown)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> content().delete(unknown)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> writer("")).isInstanceOf(InvalidArgument.class);
    }
}
