package dev.coracle.integration.wire;

import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.ListRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.mounts.MountsGrpc.MountsBlockingStub;
import dev.coracle.containerd.api.mounts.UpdateRequest;
import dev.coracle.containerd.api.types.ActivationInfo;
import dev.coracle.containerd.api.types.Mount;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    private ActivationInfo info(String name) {
        return mounts.info(InfoRequest.newBuilder().setName(name).build()).getInfo();
    }
}
