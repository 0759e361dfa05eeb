package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.coracle.base.Digest;
import dev.coracle.containerd.api.content.AbortRequest;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.ContentGrpc.ContentBlockingStub;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.ListContentResponse;
import dev.coracle.containerd.api.content.ListStatusesRequest;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.content.StatusRequest;
import dev.coracle.containerd.api.content.UpdateRequest;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ContentOverTheWireTest extends SharedDaemonTest {
    /// Keeps a blob that no lease holds from the collector.
    private static final String ROOT = "containerd.io/gc.root";

    private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
    private static final String HELLO_DIGEST = digest(HELLO);

    /// One dialogue; messages and the end arrive in a queue, in order.
    private final class Dialogue implements StreamObserver<WriteContentResponse> {
        private final BlockingQueue<Object> answers = new ArrayBlockingQueue<>(100);
        private final StreamObserver<WriteContentRequest> requests;

        Dialogue(String namespace) {
            requests = daemon.in(namespace, ContentGrpc.newStub(daemon.channel)).write(this);
        }

        @Override
        public void onNext(WriteContentResponse value) {
            answers.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {
            answers.add("end");
        }

        void say(WriteContentRequest.Builder request) {
            requests.onNext(request.build());
        }

        WriteContentResponse ask(WriteContentRequest.Builder request) throws InterruptedException {
            say(request);
            return (WriteContentResponse) next();
        }

        Object next() throws InterruptedException {
            return answers.poll(20, TimeUnit.SECONDS);
        }

        Status failure() throws InterruptedException {
            return ((StatusRuntimeException) next()).getStatus();
        }
    }

    @Test
    void a_write_answers_each_message_and_sends_the_last_answer_again() throws Exception {
        var digest = digest(ByteString.copyFromUtf8("coracle"));
        var dialogue = new Dialogue("answers");

        var stat = dialogue.ask(stat("r").setTotal(7).setExpected(digest));
        assertThat(stat.getAction()).isEqualTo(WriteAction.STAT);
        assertThat(stat.getOffset()).isZero();
        assertThat(stat.getTotal()).isEqualTo(7);
        assertThat(stat.hasStartedAt()).isTrue();
        var write = dialogue.ask(write(0, ByteString.copyFromUtf8("cor")));
        assertThat(write.getOffset()).isEqualTo(3);
        assertThat(write.getTotal()).as("what STAT filled in stays").isEqualTo(7);
        assertThat(write.getDigest()).isEqualTo(digest(ByteString.copyFromUtf8("cor")));
        var commit = dialogue.ask(
                commit(3, ByteString.copyFromUtf8("acle")).setTotal(7).setExpected(digest));
        assertThat(commit.getOffset()).isEqualTo(7);
        assertThat(commit.getDigest()).isEqualTo(digest);
        assertThat(dialogue.next()).isEqualTo(commit);
        assertThat(dialogue.next()).isEqualTo("end");
    }

    @Test
    void the_first_message_must_have_a_reference() throws Exception {
        var dialogue = new Dialogue("noref");

        dialogue.say(write(0, HELLO));

        assertThat(dialogue.failure().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void a_second_writer_of_a_reference_is_told_to_try_again() throws Exception {
        var first = new Dialogue("locked");
        first.ask(stat("r"));
        var second = new Dialogue("locked");

        second.say(stat("r"));

        assertThat(second.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        first.requests.onCompleted();
        assertThat(first.next()).isInstanceOf(WriteContentResponse.class);
        assertThat(first.next()).isEqualTo("end");
    }

    @Test
    void a_write_goes_on_where_it_was_cut() throws Exception {
        var cut = new Dialogue("cut");
        cut.ask(stat("r").setTotal(5));
        cut.ask(write(0, ByteString.copyFromUtf8("hel")));
        cut.requests.onError(Status.CANCELLED.asRuntimeException());

        // The lock goes when the daemon hears of the cancellation.
        WriteContentResponse stat = org.awaitility.Awaitility.await()
                .until(
                        () -> {
                            var again = new Dialogue("cut");
                            again.say(stat("r").setTotal(5));
                            if (again.next() instanceof WriteContentResponse answer) {
                                again.ask(
                                        commit(3, ByteString.copyFromUtf8("lo")).setExpected(HELLO_DIGEST));
                                return List.of(answer);
                            }
                            return List.<WriteContentResponse>of();
                        },
                        answers -> !answers.isEmpty())
                .getFirst();

        assertThat(stat.getOffset()).isEqualTo(3);
        assertThat(stat.getDigest()).isEqualTo(digest(ByteString.copyFromUtf8("hel")));
        assertThat(read("cut", HELLO_DIGEST, 0, 0)).isEqualTo("hello");
    }

    @Test
    void a_wrong_digest_keeps_the_ingest() throws Exception {
        var dialogue = new Dialogue("wrong");
        dialogue.ask(stat("r"));
        dialogue.say(commit(0, HELLO).setExpected(digest(ByteString.copyFromUtf8("other"))));

        assertThat(dialogue.failure().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        var status = content("wrong")
                .status(StatusRequest.newBuilder().setRef("r").build())
                .getStatus();
        assertThat(status.getOffset()).isEqualTo(5);
        assertThat(content("wrong")
                        .listStatuses(ListStatusesRequest.newBuilder()
                                .addFilters("ref~=/^r$/")
                                .build())
                        .getStatusesList())
                .hasSize(1);
        content("wrong").abort(AbortRequest.newBuilder().setRef("r").build());
        fails(
                Status.Code.NOT_FOUND,
                "",
                () -> content("wrong")
                        .abort(AbortRequest.newBuilder().setRef("r").build()));
    }

    @Test
    void offset_zero_starts_afresh_and_another_offset_must_fit() throws Exception {
        var dialogue = new Dialogue("offsets");
        dialogue.ask(stat("r"));
        dialogue.ask(write(0, ByteString.copyFromUtf8("xx")));

        var afresh = dialogue.ask(write(0, HELLO));
        assertThat(afresh.getOffset()).isEqualTo(5);
        assertThat(afresh.getDigest()).isEqualTo(HELLO_DIGEST);
        dialogue.say(write(3, HELLO));
        assertThat(dialogue.failure().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void content_that_exists_ends_a_write_at_once() throws Exception {
        put("exists", HELLO);
        var dialogue = new Dialogue("exists");

        dialogue.say(stat("again").setExpected(HELLO_DIGEST));

        assertThat(dialogue.failure().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void a_write_takes_messages_of_eight_mebibytes() throws Exception {
        var large = ByteString.copyFrom(new byte[8 << 20]);

        put("large", large);

        assertThat(content("large").info(info(digest(large))).getInfo().getSize())
                .isEqualTo(8 << 20);
    }

    @Test
    void reading_counts_offsets_from_the_request_and_cuts_at_the_end() throws Exception {
        put("read", HELLO);

        assertThat(read("read", HELLO_DIGEST, 1, 3)).isEqualTo("ell");
        assertThat(read("read", HELLO_DIGEST, 1, 0)).isEqualTo("ello");
        assertThat(read("read", HELLO_DIGEST, 1, 100)).isEqualTo("ello");
        assertThat(read("read", HELLO_DIGEST, 5, 0)).isEmpty();
        fails(Status.Code.OUT_OF_RANGE, "past", () -> read("read", HELLO_DIGEST, 6, 0));
        fails(Status.Code.NOT_FOUND, "not found", () -> read("elsewhere", HELLO_DIGEST, 0, 0));
        fails(Status.Code.INVALID_ARGUMENT, "digest", () -> read("read", "nonsense", 0, 0));
    }

    @Test
    void a_large_blob_is_read_whole_in_pieces() throws Exception {
        var bytes = new byte[(3 << 20) + 17];
        new java.util.Random(1).nextBytes(bytes);
        put("pieces", ByteString.copyFrom(bytes));

        var out = new ByteArrayOutputStream();
        var expected = 0L;
        var answers = content("pieces")
                .read(ReadContentRequest.newBuilder()
                        .setDigest(digest(ByteString.copyFrom(bytes)))
                        .build());
        while (answers.hasNext()) {
            var answer = answers.next();
            assertThat(answer.getOffset()).isEqualTo(expected);
            out.writeBytes(answer.getData().toByteArray());
            expected += answer.getData().size();
        }
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void labels_are_updated_by_mask_and_vanish_when_empty() throws Exception {
        put("labels", HELLO);
        var both = Info.newBuilder()
                .setDigest(HELLO_DIGEST)
                .putLabels("a.b", "1")
                .putLabels("c", "2")
                .putLabels(ROOT, "test");

        var replaced = content("labels")
                .update(UpdateRequest.newBuilder().setInfo(both).build())
                .getInfo();
        assertThat(replaced.getLabelsMap()).containsEntry("a.b", "1").containsEntry("c", "2");
        var one = content("labels")
                .update(UpdateRequest.newBuilder()
                        .setInfo(Info.newBuilder().setDigest(HELLO_DIGEST).putLabels("a.b", ""))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("labels.a.b"))
                        .build())
                .getInfo();
        assertThat(one.getLabelsMap()).containsOnlyKeys("c", ROOT);
        fails(
                Status.Code.INVALID_ARGUMENT,
                "",
                () -> content("labels")
                        .update(UpdateRequest.newBuilder()
                                .setInfo(both)
                                .setUpdateMask(FieldMask.newBuilder().addPaths("size"))
                                .build()));
    }

    @Test
    void lists_come_a_hundred_to_a_message() throws Exception {
        for (var at = 0; at < 101; at++) {
            put("many", ByteString.copyFromUtf8("blob " + at));
        }

        var sizes = new ArrayList<Integer>();
        content("many")
                .list(ListContentRequest.getDefaultInstance())
                .forEachRemaining((ListContentResponse answer) -> sizes.add(answer.getInfoCount()));
        assertThat(sizes).containsExactly(100, 1);
    }

    @Test
    void deleting_takes_the_blob_from_its_namespace_only() throws Exception {
        put("one", HELLO);
        put("two", HELLO);

        content("one")
                .delete(DeleteContentRequest.newBuilder()
                        .setDigest(HELLO_DIGEST)
                        .build());

        fails(Status.Code.NOT_FOUND, "not found", () -> content("one").info(info(HELLO_DIGEST)));
        assertThat(read("two", HELLO_DIGEST, 0, 0)).isEqualTo("hello");
    }

    @Test
    void a_namespace_is_required() {
        fails(
                Status.Code.FAILED_PRECONDITION,
                "namespace is required",
                () -> ContentGrpc.newBlockingStub(daemon.channel).info(info(HELLO_DIGEST)));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "namespace",
                () -> content("no/slash").info(info(HELLO_DIGEST)));
    }

    private void put(String namespace, ByteString bytes) throws InterruptedException {
        var dialogue = new Dialogue(namespace);
        dialogue.ask(stat("put-" + digest(bytes)));
        var committed = dialogue.ask(commit(0, bytes));
        assertThat(committed.getDigest()).isEqualTo(digest(bytes));
        dialogue.next();
        assertThat(dialogue.next()).isEqualTo("end");
    }

    private String read(String namespace, String digest, long offset, long size) {
        var text = new StringBuilder();
        content(namespace)
                .read(ReadContentRequest.newBuilder()
                        .setDigest(digest)
                        .setOffset(offset)
                        .setSize(size)
                        .build())
                .forEachRemaining(answer -> {
                    assertThat(answer.getOffset()).isEqualTo(text.length());
                    text.append(answer.getData().toString(StandardCharsets.UTF_8));
                });
        return text.toString();
    }

    private ContentBlockingStub content(String namespace) {
        return daemon.in(namespace, ContentGrpc.newBlockingStub(daemon.channel));
    }

    private static InfoRequest info(String digest) {
        return InfoRequest.newBuilder().setDigest(digest).build();
    }

    private static WriteContentRequest.Builder stat(String ref) {
        return WriteContentRequest.newBuilder().setAction(WriteAction.STAT).setRef(ref);
    }

    private static WriteContentRequest.Builder write(long offset, ByteString data) {
        return WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setOffset(offset)
                .setData(data);
    }

    private static WriteContentRequest.Builder commit(long offset, ByteString data) {
        return write(offset, data).setAction(WriteAction.COMMIT).putLabels(ROOT, "test");
    }

    private static String digest(ByteString bytes) {
        return Digest.ofBytes(bytes.toByteArray()).toString();
    }
}
