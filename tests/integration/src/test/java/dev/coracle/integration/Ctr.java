package dev.coracle.integration;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// A `ctr`, ours or the distribution's, used inside.
record Ctr(Rootless rootless, String program, String snapshotter, String namespace) {
    static Ctr ours(Rootless rootless) {
        return new Ctr(rootless, Host.ours("ctr"), "native", "default");
    }

    static Ctr debians(Rootless rootless) {
        return new Ctr(rootless, Host.debians("ctr"), "native", "default");
    }

    Ctr on(String otherSnapshotter) {
        return new Ctr(rootless, program, otherSnapshotter, namespace);
    }

    Run run(String... words) throws IOException {
        return rootless.inside(
                        Stream.concat(Stream.of(program), Stream.of(words)).toArray(String[]::new))
                .with("CONTAINERD_SNAPSHOTTER", snapshotter)
                .with("CONTAINERD_NAMESPACE", namespace);
    }

    String output(String... words) throws IOException, InterruptedException {
        return run(words).output();
    }

    List<String> lines(String... words) throws IOException, InterruptedException {
        return output(words).lines().toList();
    }

    void pull(Registry registry, String reference) throws IOException, InterruptedException {
        pull(registry.port(), reference);
    }

    void pull(int port, String reference) throws IOException, InterruptedException {
        output("images", "pull", "--hosts-dir", rootless.hosts(port).toString(), reference);
    }
}
