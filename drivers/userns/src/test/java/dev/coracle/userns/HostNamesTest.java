package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Poller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostNamesTest {
    private static final FileName ORIGINAL = FileName.of(".ro1");

    private static void link(Path inside, String name) throws Exception {
        Files.createSymbolicLink(inside.resolve(name), Path.of(".ro1", name));
    }

    private static List<String> names(Path directory) throws Exception {
        try (var names = Files.list(directory)) {
            return names.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void names_come_and_go_but_those_changed_inside_are_left(@TempDir Path host, @TempDir Path inside)
            throws Exception {
        for (var name : List.of("kept", "replaced", "removed")) {
            Files.writeString(host.resolve(name), name);
            link(inside, name);
        }
        var complaints = new CopyOnWriteArrayList<String>();
        var poller = Poller.start("host-names");
        try {
            var there = Directory.open(inside);
            var copy = new HostNames.Copy(host, Directory.open(host), there, ORIGINAL, new HashSet<>(there.list()));
            // between the copy and the watch
            Files.writeString(host.resolve("early"), "early");
            Files.delete(inside.resolve("removed"));
            Files.delete(inside.resolve("replaced"));
            Files.writeString(inside.resolve("replaced"), "mine");
            var names = HostNames.follow(poller, List.of(copy), complaints::add);
            Files.delete(host.resolve("replaced"));
            Files.delete(host.resolve("kept"));
            Files.createSymbolicLink(host.resolve("link"), Path.of("../elsewhere"));
            Files.move(host.resolve("removed"), host.resolve("moved"));
            Files.writeString(host.resolve("removed"), "again");
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(names(inside)).isEqualTo(List.of("early", "link", "moved", "replaced")));
            assertThat(Files.readSymbolicLink(inside.resolve("link"))).isEqualTo(Path.of("../elsewhere"));
            assertThat(Files.readSymbolicLink(inside.resolve("moved"))).isEqualTo(Path.of(".ro1/moved"));
            assertThat(complaints).isEmpty();
            names.close();
        } finally {
            poller.close();
        }
    }
}
