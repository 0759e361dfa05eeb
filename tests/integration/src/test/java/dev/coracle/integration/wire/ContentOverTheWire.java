package dev.coracle.integration.wire;

import static dev.coracle.integration.wire.WriteDialogue.commit;
import static dev.coracle.integration.wire.WriteDialogue.stat;
import static dev.coracle.integration.wire.WriteDialogue.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.content.AbortRequest;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.ContentGrpc.ContentBlockingStub;
import dev.coracle.containerd.api.content.ContentGrpc.ContentStub;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.ListStatusesRequest;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.content.StatusRequest;
import dev.coracle.containerd.api.content.UpdateRequest;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ContentOverTheWire extends OverTheWire {
    private static final String HELLO = "hello";
    private static final String DIGEST = digest(ByteString.copyFromUtf8(HELLO));

    private final ContentBlockingStub content = held(ContentGrpc.newBlockingStub(channel));

    /// Writes content as a client does that knows its digest.
    static String put(ContentStub content, ByteString bytes, Map<String, String> labels) throws InterruptedException {
        var digest = digest(bytes);
        var dialogue = new WriteDialogue(content);
        dialogue.ask(stat("put-" + digest).setTotal(bytes.size()).setExpected(digest));
        dialogue.ask(WriteContentRequest.newBuilder()
                .setAction(WriteAction.COMMIT)
                .setData(bytes)
                .setTotal(bytes.size())
                .setExpected(digest)
                .putAllLabels(labels));
        dialogue.next(); // the last answer once more
        assertThat(dialogue.next()).isEqualTo(WriteDialogue.END);
        return digest;
    }

    @Test
    void a_write_answers_each_message_and_sends_the_last_answer_again() throws Exception {
        var digest = digest(ByteString.copyFromUtf8("coracle"));
        var dialogue = dialogue();

        var stat = dialogue.ask(stat("r").setTotal(7).setExpected(digest));
        assertThat(stat.getAction()).isEqualTo(WriteAction.STAT);
        assertThat(stat.getOffset()).isZero();
        assertThat(stat.getTotal()).isEqualTo(7);
        assertThat(stat.hasStartedAt()).isTrue();
        var write = dialogue.ask(write(0, "cor"));
        assertThat(write.getAction()).isEqualTo(WriteAction.WRITE);
        assertThat(write.getOffset()).isEqualTo(3);
        assertThat(write.getTotal()).as("what STAT filled in stays").isEqualTo(7);
        assertThat(write.getDigest()).isEqualTo(digest(ByteString.copyFromUtf8("cor")));
        var commit = dialogue.ask(commit(3, "acle").setTotal(7).setExpected(digest));
        assertThat(commit.getAction()).isEqualTo(WriteAction.COMMIT);
        assertThat(commit.getOffset()).isEqualTo(7);
        assertThat(commit.getDigest()).isEqualTo(digest);
        assertThat(dialogue.next()).isEqualTo(commit);
        assertThat(dialogue.next()).isEqualTo(WriteDialogue.END);
    }

    @Test
    void the_first_message_must_have_a_reference() throws Exception {
        var dialogue = dialogue();

        dialogue.say(write(0, HELLO));

        assertThat(dialogue.failure()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void a_second_writer_of_a_reference_is_told_to_try_again() throws Exception {
        var first = dialogue();
        first.ask(stat("r"));
        var second = dialogue();

        second.say(stat("r"));

        assertThat(second.failure()).isEqualTo(Status.Code.UNAVAILABLE);
        first.finish();
        assertThat(first.next()).isInstanceOf(WriteContentResponse.class);
        assertThat(first.next()).isEqualTo(WriteDialogue.END);
    }

    @Test
    void a_write_goes_on_where_it_was_cut() throws Exception {
        var cut = dialogue();
        cut.ask(stat("r").setTotal(5));
        cut.ask(write(0, "hel"));
        cut.leave();

        var again = new ArrayList<WriteDialogue>();
        var stat = Awaitility.await("the lock of the one who left")
                .ignoreExceptionsMatching(e -> e instanceof StatusRuntimeException status
                        && status.getStatus().getCode() == Status.Code.UNAVAILABLE)
                .until(
                        () -> {
                            var next = dialogue();
                            var answer = next.ask(stat("r").setTotal(5));
                            again.add(next);
                            return answer;
                        },
                        _ -> true);
        assertThat(stat.getOffset()).isEqualTo(3);
        assertThat(stat.getDigest()).isEqualTo(digest(ByteString.copyFromUtf8("hel")));
        again.getFirst().ask(commit(3, "lo").setExpected(DIGEST));
        assertThat(read(DIGEST, 0, 0)).isEqualTo(HELLO);
    }

    @Test
    void a_wrong_digest_or_size_keeps_the_ingest() throws Exception {
        for (var wrong : List.of(
                commit(0, HELLO).setExpected(digest(ByteString.copyFromUtf8("other"))),
                commit(0, HELLO).setTotal(4))) {
            var dialogue = dialogue();
            dialogue.ask(stat("r"));
            dialogue.say(wrong);

            assertThat(dialogue.failure()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            var status = content.status(StatusRequest.newBuilder().setRef("r").build())
                    .getStatus();
            assertThat(status.getRef()).isEqualTo("r");
            assertThat(status.getOffset()).isEqualTo(5);
            assertThat(refs("ref~=/^r$/")).containsExactly("r");
            abort("r");
        }
    }

    @Test
    void offset_zero_starts_afresh_and_another_offset_must_fit() throws Exception {
        var dialogue = dialogue();
        dialogue.ask(stat("r"));
        dialogue.ask(write(0, "xx"));

        var afresh = dialogue.ask(write(0, HELLO));
        assertThat(afresh.getOffset()).isEqualTo(5);
        assertThat(afresh.getDigest()).isEqualTo(DIGEST);
        dialogue.say(write(3, HELLO));
        assertThat(dialogue.failure()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void content_that_exists_ends_a_write_at_once() throws Exception {
        put(HELLO);
        var atStat = dialogue();
        atStat.say(stat("again").setExpected(DIGEST));
        assertThat(atStat.failure()).isEqualTo(Status.Code.ALREADY_EXISTS);

        var atCommit = dialogue();
        atCommit.ask(stat("once more"));
        atCommit.say(commit(0, HELLO));
        assertThat(atCommit.failure()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(refs()).as("the ingest is gone").isEmpty();
    }

    @Test
    void content_of_another_namespace_needs_only_a_commit() throws Exception {
        put(HELLO);
        var there = new WriteDialogue(in("sharing", ContentGrpc.newStub(channel)));

        var stat = there.ask(stat("shared").setTotal(5).setExpected(DIGEST));

        assertThat(stat.getOffset()).isEqualTo(5);
        assertThat(there.ask(commit(5, "").setTotal(5).setExpected(DIGEST).putLabels("containerd.io/gc.root", "x"))
                        .getDigest())
                .isEqualTo(DIGEST);
    }

    @Test
    void statuses_and_aborts_are_of_ingests_that_exist() throws Exception {
        var dialogue = dialogue();
        dialogue.ask(stat("a").setTotal(9));
        dialogue.ask(write(0, "abc"));
        dialogue.finish();
        dialogue.next();
        assertThat(dialogue.next()).isEqualTo(WriteDialogue.END);

        var status =
                content.status(StatusRequest.newBuilder().setRef("a").build()).getStatus();
        assertThat(status.getTotal()).isEqualTo(9);
        assertThat(status.hasStartedAt()).isTrue();
        assertThat(status.hasUpdatedAt()).isTrue();
        assertThat(refs("ref==a", "ref==b")).containsExactly("a");
        assertThat(refs("ref==b")).isEmpty();
        refuses("filter", () -> refs("ref=b"));
        abort("a");
        isMissing(() -> abort("a"));
        isMissing(() -> content.status(StatusRequest.newBuilder().setRef("a").build()));
    }

    @Test
    void a_write_takes_messages_of_eight_mebibytes_and_none_above_sixteen() throws Exception {
        var large = ByteString.copyFrom(new byte[8 << 20]);
        var digest = put(held(ContentGrpc.newStub(channel)), large, Map.of());
        assertThat(info(digest).getSize()).isEqualTo(8 << 20);

        var dialogue = dialogue();
        dialogue.ask(stat("larger"));
        dialogue.say(WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setData(ByteString.copyFrom(new byte[16 << 20])));
        assertThat(dialogue.failure()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void labels_that_are_committed_have_a_longest_length() throws Exception {
        var dialogue = dialogue();
        dialogue.ask(stat("r"));
        dialogue.say(commit(0, HELLO).putAllLabels(labelsOf(4097)));
        assertThat(dialogue.failure()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void reading_counts_offsets_from_the_request_and_cuts_at_the_end() throws Exception {
        put(HELLO);

        assertThat(read(DIGEST, 0, 0)).isEqualTo(HELLO);
        assertThat(read(DIGEST, 1, 3)).isEqualTo("ell");
        assertThat(read(DIGEST, 1, 0)).isEqualTo("ello");
        assertThat(read(DIGEST, 1, -1)).isEqualTo("ello");
        assertThat(read(DIGEST, 1, 100)).isEqualTo("ello");
        assertThat(read(DIGEST, 5, 0)).isEmpty();
        fails(Status.Code.OUT_OF_RANGE, "past", () -> read(DIGEST, 6, 0));
        isMissing(() -> read(digest(ByteString.copyFromUtf8("elsewhere")), 0, 0));
        refuses("nonsense", () -> read("nonsense", 0, 0));
    }

    @Test
    void a_large_blob_is_read_whole_in_pieces_in_order() throws Exception {
        var bytes = new byte[(3 << 20) + 17];
        new Random(1).nextBytes(bytes);
        var digest = put(held(ContentGrpc.newStub(channel)), ByteString.copyFrom(bytes), Map.of());

        var out = new ByteArrayOutputStream();
        var answers =
                content.read(ReadContentRequest.newBuilder().setDigest(digest).build());
        while (answers.hasNext()) {
            var answer = answers.next();
            assertThat(answer.getOffset()).isEqualTo(out.size());
            assertThat(answer.getData().size()).isLessThanOrEqualTo(1 << 20);
            out.writeBytes(answer.getData().toByteArray());
        }
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void information_is_size_times_and_labels() throws Exception {
        put(held(ContentGrpc.newStub(channel)), ByteString.copyFromUtf8(HELLO), Map.of("a", "1"));

        var info = info(DIGEST);
        assertThat(info.getSize()).isEqualTo(5);
        assertThat(info.getLabelsMap()).isEqualTo(Map.of("a", "1"));
        assertThat(info.hasCreatedAt() && info.hasUpdatedAt()).isTrue();
        isMissing(() -> info(digest(ByteString.EMPTY)));
        refuses("nonsense", () -> info("nonsense"));
    }

    @Test
    void labels_are_updated_by_mask_and_vanish_when_empty() throws Exception {
        put(HELLO);

        assertThat(update(Map.of("a.b", "1", "c", "2")).getLabelsMap()).isEqualTo(Map.of("a.b", "1", "c", "2"));
        assertThat(update(Map.of("a.b", ""), "labels.a.b").getLabelsMap()).isEqualTo(Map.of("c", "2"));
        assertThat(update(Map.of("d", "3"), "labels.d").getLabelsMap()).isEqualTo(Map.of("c", "2", "d", "3"));
        assertThat(update(Map.of("e", "4"), "labels").getLabelsMap()).isEqualTo(Map.of("e", "4"));
        refuses("", () -> update(Map.of(), "size"));
        refuses("label", () -> update(labelsOf(4097), "labels"));
        isMissing(() -> content.update(UpdateRequest.newBuilder()
                .setInfo(Info.newBuilder().setDigest(digest(ByteString.EMPTY)))
                .build()));
        refuses(
                "nonsense",
                () -> content.update(UpdateRequest.newBuilder()
                        .setInfo(Info.newBuilder().setDigest("nonsense"))
                        .build()));
    }

    @Test
    void lists_come_a_hundred_to_a_message() throws Exception {
        for (var at = 0; at < 101; at++) {
            put(
                    held(ContentGrpc.newStub(channel)),
                    ByteString.copyFromUtf8("blob " + at),
                    Map.of("even", Boolean.toString(at % 2 == 0)));
        }

        assertThat(list()).containsExactly(100, 1);
        assertThat(list("labels.even==true")).containsExactly(51);
        assertThat(list("digest==" + digest(ByteString.copyFromUtf8("blob 1")))).containsExactly(1);
        refuses("filter", () -> list("digest=x"));
    }

    @Test
    void deleting_takes_the_blob_from_its_namespace_only() throws Exception {
        put(HELLO);
        var other = in("deleting", ContentGrpc.newBlockingStub(channel));
        put(
                in("deleting", ContentGrpc.newStub(channel)),
                ByteString.copyFromUtf8(HELLO),
                Map.of("containerd.io/gc.root", "x"));
        var request = DeleteContentRequest.newBuilder().setDigest(DIGEST).build();

        content.delete(request);

        isMissing(() -> info(DIGEST));
        isMissing(() -> content.delete(request));
        refuses(
                "",
                () -> content.delete(
                        DeleteContentRequest.newBuilder().setDigest("nonsense").build()));
        assertThat(other.info(InfoRequest.newBuilder().setDigest(DIGEST).build())
                        .getInfo()
                        .getSize())
                .isEqualTo(5);
    }

    @Test
    void a_namespace_is_required_and_well_formed() throws Exception {
        var none = ContentGrpc.newBlockingStub(channel);
        var info = InfoRequest.newBuilder().setDigest(DIGEST).build();

        needsNamespace(() -> none.info(info));
        needsNamespace(() -> none.list(ListContentRequest.getDefaultInstance()).hasNext());
        needsNamespace(() -> none.listStatuses(ListStatusesRequest.getDefaultInstance()));
        needsNamespace(() -> none.status(StatusRequest.newBuilder().setRef("r").build()));
        needsNamespace(() -> none.abort(AbortRequest.newBuilder().setRef("r").build()));
        needsNamespace(() ->
                none.delete(DeleteContentRequest.newBuilder().setDigest(DIGEST).build()));
        needsNamespace(() -> none.read(
                        ReadContentRequest.newBuilder().setDigest(DIGEST).build())
                .hasNext());
        needsNamespace(() -> none.update(UpdateRequest.newBuilder()
                .setInfo(Info.newBuilder().setDigest(DIGEST))
                .build()));
        needsNamespace(() -> new WriteDialogue(ContentGrpc.newStub(channel)).ask(stat("r")));
        refuses(
                "namespace",
                () -> in("no/slash", ContentGrpc.newBlockingStub(channel)).info(info));
    }

    private WriteDialogue dialogue() {
        return new WriteDialogue(held(ContentGrpc.newStub(channel)));
    }

    private void put(String text) throws InterruptedException {
        put(held(ContentGrpc.newStub(channel)), ByteString.copyFromUtf8(text), Map.of());
    }

    private String read(String digest, long offset, long size) {
        var text = new StringBuilder();
        content.read(ReadContentRequest.newBuilder()
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

    private Info info(String digest) {
        return content.info(InfoRequest.newBuilder().setDigest(digest).build()).getInfo();
    }

    private Info update(Map<String, String> labels, String... paths) {
        return content.update(UpdateRequest.newBuilder()
                        .setInfo(Info.newBuilder().setDigest(DIGEST).putAllLabels(labels))
                        .setUpdateMask(mask(paths))
                        .build())
                .getInfo();
    }

    private void abort(String ref) {
        content.abort(AbortRequest.newBuilder().setRef(ref).build());
    }

    private List<String> refs(String... filters) {
        return content
                .listStatuses(ListStatusesRequest.newBuilder()
                        .addAllFilters(List.of(filters))
                        .build())
                .getStatusesList()
                .stream()
                .map(dev.coracle.containerd.api.content.Status::getRef)
                .toList();
    }

    /// The sizes of the messages of a list.
    private List<Integer> list(String... filters) {
        var sizes = new ArrayList<Integer>();
        content.list(ListContentRequest.newBuilder()
                        .addAllFilters(List.of(filters))
                        .build())
                .forEachRemaining(answer -> sizes.add(answer.getInfoCount()));
        return sizes;
    }
}
