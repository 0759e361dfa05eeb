package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.ListMessage;
import dev.coracle.containerd.api.mounts.ListRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.mounts.MountsGrpc.MountsBlockingStub;
import dev.coracle.containerd.api.mounts.UpdateRequest;
import dev.coracle.containerd.api.types.ActivationInfo;
import dev.coracle.containerd.api.types.Mount;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@Since("2.2")
class MountsOverTheWire extends OverTheWire {
    private final MountsBlockingStub mounts = held(MountsGrpc.newBlockingStub(channel));

    private static Mount bind(Path source) {
        return Mount.newBuilder()
                .setType("bind")
                .setSource(source.toString())
                .addOptions("rbind")
                .addOptions("rw")
                .build();
    }

    private static Mount.Builder overlay(String type) {
        return Mount.newBuilder().setType(type).setSource("overlay");
    }

    private static Path folder(String file) throws Exception {
        var folder = Files.createTempDirectory("wire");
        Files.writeString(folder.resolve(file), file);
        return folder;
    }

    @Test
    void mounts_that_need_no_handler_are_the_clients() throws Exception {
        fails(Status.Code.UNIMPLEMENTED, "not implemented", () -> activate("m"));
        var source = folder("f");
        fails(Status.Code.UNIMPLEMENTED, "not implemented", () -> activate("m", bind(source)));
        isMissing(() -> info("m"));
    }

    @Test
    void mounts_for_a_while_are_made_and_answered_as_one_bind() throws Exception {
        var source = folder("f");

        var activated = mounts.activate(ActivateRequest.newBuilder()
                        .setName("m")
                        .setTemporary(true)
                        .addMounts(bind(source))
                        .putLabels("k", "v")
                        .build())
                .getInfo();

        assertThat(activated.getName()).isEqualTo("m");
        assertThat(activated.getLabelsMap()).isEqualTo(Map.of("k", "v"));
        assertThat(activated.getActiveList()).singleElement().satisfies(active -> {
            assertThat(active.getMount().getType()).isEqualTo("bind");
            assertThat(active.hasMountedAt()).isTrue();
            assertThat(Path.of(active.getMountPoint(), "f")).hasContent("f");
        });
        assertThat(activated.getSystemList()).singleElement().satisfies(system -> {
            assertThat(system.getType()).isEqualTo("bind");
            assertThat(system.getOptionsList()).containsExactly("rbind");
            assertThat(system.getSource()).isEqualTo(activated.getActive(0).getMountPoint());
        });
        deactivate("m");
        assertThat(Path.of(activated.getActive(0).getMountPoint(), "f")).doesNotExist();
    }

    @Test
    void a_mount_is_formatted_with_those_before_it() throws Exception {
        var lower = folder("lower");
        var upper = folder("upper");

        var activated = activate(
                "m",
                bind(lower),
                bind(upper),
                overlay("format/overlay")
                        .addOptions("lowerdir={{ overlay 0 1 }}")
                        .addOptions("first={{ mount 0 }}")
                        .build());

        assertThat(activated.getActiveCount()).isEqualTo(2);
        var first = activated.getActive(0).getMountPoint();
        var second = activated.getActive(1).getMountPoint();
        assertThat(Path.of(first, "lower")).exists();
        assertThat(activated.getSystemList())
                .containsExactly(overlay("overlay")
                        .addOptions("lowerdir=" + first + ":" + second)
                        .addOptions("first=" + first)
                        .build());
        deactivate("m");
        assertThat(Path.of(first, "lower")).doesNotExist();
    }

    @Test
    void a_directory_is_made_before_its_mount() throws Exception {
        var lower = folder("lower");
        var upper = DAEMON.root().resolve("upper-" + namespace);

        var activated = activate(
                "m",
                bind(lower),
                overlay("mkdir/overlay")
                        .addOptions("X-containerd.mkdir.path=" + upper + ":0750")
                        .addOptions("upperdir=" + upper)
                        .build());

        assertThat(upper).isDirectory();
        assertThat(activated.getSystem(0).getOptionsList()).containsExactly("upperdir=" + upper);
        deactivate("m");
    }

    @Test
    void a_bad_format_is_refused_and_leaves_nothing() throws Exception {
        var lower = folder("lower");

        var failure = org.assertj.core.api.Assertions.catchThrowable(() -> activate(
                "m",
                bind(lower),
                overlay("format/overlay").addOptions("lowerdir={{ mount 7 }}").build()));
        assertThat(failure).isNotNull();
        isMissing(() -> info("m"));
    }

    @Test
    void a_name_is_taken_once_until_it_is_given_up() throws Exception {
        var source = folder("f");
        temporary("m", source);

        exists(() -> temporary("m", source));
        deactivate("m");
        isMissing(() -> deactivate("m"));
        temporary("m", source);
        deactivate("m");
    }

    @Test
    void activations_are_told_and_listed() throws Exception {
        var source = folder("f");
        temporary("a", source);
        temporary("b", source);

        assertThat(info("a").getName()).isEqualTo("a");
        assertThat(info("a").getActive(0).getMountPoint()).isNotEmpty();
        assertThat(info("a").getActive(0).hasMountedAt()).isTrue();
        assertThat(info("a").getSystemCount()).isEqualTo(1);
        isMissing(() -> info("nobody"));
        assertThat(list()).containsExactly("a", "b");
        deactivate("a");
        deactivate("b");
        assertThat(list()).isEmpty();
    }

    @Test
    void an_update_is_not_implemented() {
        fails(
                Status.Code.UNIMPLEMENTED,
                "not implemented",
                () -> mounts.update(UpdateRequest.newBuilder()
                        .setInfo(ActivationInfo.newBuilder().setName("m"))
                        .build()));
    }

    @Test
    void a_namespace_is_required() throws Exception {
        var none = MountsGrpc.newBlockingStub(channel);
        var source = folder("f");

        needsNamespace(() -> none.activate(ActivateRequest.newBuilder()
                .setName("m")
                .setTemporary(true)
                .addMounts(bind(source))
                .build()));
        needsNamespace(() -> none.info(InfoRequest.newBuilder().setName("m").build()));
        needsNamespace(() ->
                none.deactivate(DeactivateRequest.newBuilder().setName("m").build()));
        needsNamespace(() -> none.list(ListRequest.getDefaultInstance()).hasNext());
    }

    private ActivationInfo activate(String name, Mount... all) {
        return mounts.activate(ActivateRequest.newBuilder()
                        .setName(name)
                        .addAllMounts(List.of(all))
                        .build())
                .getInfo();
    }

    private void temporary(String name, Path source) {
        mounts.activate(ActivateRequest.newBuilder()
                .setName(name)
                .setTemporary(true)
                .addMounts(bind(source))
                .build());
    }

    private void deactivate(String name) {
        mounts.deactivate(DeactivateRequest.newBuilder().setName(name).build());
    }

    private ActivationInfo info(String name) {
        return mounts.info(InfoRequest.newBuilder().setName(name).build()).getInfo();
    }

    private List<String> list(String... filters) {
        var names = new ArrayList<String>();
        mounts.list(ListRequest.newBuilder().addAllFilters(List.of(filters)).build())
                .forEachRemaining((ListMessage one) -> names.add(one.getInfo().getName()));
        return names;
    }
}
