package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.ActivateResponse;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.InfoResponse;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.MountPlaces;
import dev.coracle.core.records.Records.Change;
import dev.coracle.core.testkit.MemoryRecords;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MountsServiceTest {
    private final MemoryRecords records = new MemoryRecords();
    private final Mounted places = new Mounted();

    /// What is mounted, by holder; it outlives the daemon.
    private static final class Mounted implements MountPlaces {
        private final TreeMap<String, List<Path>> mounted = new TreeMap<>();

        @Override
        public Path mount(String holder, Mount mount) {
            var all = mounted.computeIfAbsent(holder, _ -> new ArrayList<>());
            var place = Path.of("/m", holder, Integer.toString(all.size()));
            all.add(place);
            return place;
        }

        @Override
        public void makeDirectory(Path directory, int permissions) {
            throw new AssertionError("no directory is wanted here");
        }

        @Override
        public void release(String holder) {
            mounted.remove(holder);
        }

        @Override
        public boolean isMounted(Path place) {
            return mounted.values().stream().anyMatch(all -> all.contains(place));
        }

        @Override
        public List<String> holders() {
            return List.copyOf(mounted.keySet());
        }
    }

    /// Keeps the last answer.
    private static final class Answer<A> implements StreamObserver<A> {
        private final List<A> all = new ArrayList<>();

        @Override
        public void onNext(A value) {
            all.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onCompleted() {}
    }

    /// A daemon that has just been started.
    private MountsService started() {
        var service = new MountsService(places, records, InstantSource.fixed(Instant.EPOCH));
        service.recover();
        return service;
    }

    private static void call(Runnable call) {
        var headers = new Metadata();
        headers.put(Caller.NAMESPACE, "n");
        Caller.context(headers, () -> {}).run(call);
    }

    private static void activate(MountsService service, String name) {
        var request = ActivateRequest.newBuilder().setName(name).setTemporary(true);
        request.addMountsBuilder().setType("bind").setSource("/a");
        call(() -> service.activate(request.build(), new Answer<ActivateResponse>()));
    }

    private static String place(MountsService service, String name) {
        var answer = new Answer<InfoResponse>();
        call(() -> service.info(InfoRequest.newBuilder().setName(name).build(), answer));
        return answer.all.getFirst().getInfo().getActive(0).getMountPoint();
    }

    private static void deactivate(MountsService service, String name) {
        var request = DeactivateRequest.newBuilder().setName(name).build();
        call(() -> service.deactivate(request, new Answer<Empty>()));
    }

    @Test
    void the_next_daemon_knows_what_is_mounted_and_gives_up_what_is_not() {
        var before = started();
        activate(before, "stays");
        activate(before, "gone");
        var place = place(before, "stays");
        places.mounted.values().removeIf(all -> !all.contains(Path.of(place)));
        places.mount("nobodys", new Mount("bind", "/a", List.of()));

        var after = started();

        assertThat(place(after, "stays")).isEqualTo(place);
        assertThatThrownBy(() -> place(after, "gone")).isInstanceOf(NotFound.class);
        assertThat(places.holders()).hasSize(1);
    }

    @Test
    void a_record_that_cannot_be_read_is_kept_and_all_others_are_served() {
        var before = started();
        activate(before, "bad");
        activate(before, "good");
        records.apply(List.of(new Change.Put(MountsService.KIND, "n/bad", "?!")));

        var after = started();

        assertThat(place(after, "good")).isNotEmpty();
        assertThatThrownBy(() -> place(after, "bad"))
                .isInstanceOf(DataLoss.class)
                .hasMessageContaining("the record of the activated mount \"n/bad\" cannot be read");
        assertThat(places.holders())
                .as("what the record stands for may be in use")
                .hasSize(2);

        deactivate(after, "bad");
        assertThat(places.holders()).hasSize(1);
        activate(after, "bad");
        assertThat(place(after, "bad")).isNotEmpty();
    }
}
