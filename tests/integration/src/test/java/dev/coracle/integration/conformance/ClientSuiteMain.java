package dev.coracle.integration.conformance;

import dev.coracle.integration.Host;
import dev.coracle.integration.ImageFiles;
import dev.coracle.integration.Registry;
import dev.coracle.integration.Run;
import dev.coracle.integration.TestImages;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Runs containerd's client tests (`integration/client`, built as one program elsewhere) as this
/// account, in namespaces of our rootlesskit, and compares what each test came to with the list of
/// what is known. Images are made here and served as if by the registries that the tests name.
///
/// Arguments: the program, the list, the folder with `containerd`, and a pattern of tests (`-test.run`).
public final class ClientSuiteMain {
    private static final Pattern VERDICT = Pattern.compile("^--- (PASS|FAIL|SKIP): (Test\\w+|Fuzz\\w+) .*");

    /// Ends by its timeout only: nc of busybox does not end by SIGTERM as process 1.
    private static final String HANGS = "TestBindLowPortNonOpt";

    private ClientSuiteMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var out = System.out;
        var program = Path.of(arguments[0]).toAbsolutePath();
        var expected = KnownFailures.read(Path.of(arguments[1]));
        var folder = Files.createTempDirectory(program.getParent(), "run-");
        int status;
        try (var registry = new Registry(Files.createDirectories(folder.resolve("registry")))) {
            fill(registry);
            try (var proxy = ImageProxy.open(folder, registry.port(), "ghcr.io", "registry.k8s.io")) {
                var log = folder.resolve("log");
                run(program, arguments[2], arguments[3], proxy, log);
                status = report(expected, verdicts(log), log, arguments[3].equals("."), out);
            }
        }
        System.exit(status); // only now, so that the registry has ended
    }

    private static void run(Path program, String daemons, String pattern, ImageProxy proxy, Path log)
            throws IOException {
        // /tmp/runc-test and the like may be another account's; on a host with hybrid cgroups nothing is mounted there
        var test = "mount --make-rprivate / ; mount -t tmpfs none /opt; mount -t tmpfs none /tmp;"
                + " umount -l /sys/fs/cgroup 2>/dev/null;"
                + " mount -t cgroup2 none /sys/fs/cgroup; export PATH=" + daemons + ":"
                + program.getParent() + ":$PATH; mkdir -p /var/lib/containerd-test;"
                + " exec " + program + " -test.root -test.v -test.parallel 4 -test.timeout 15m -no-criu -no-shim-cgroup"
                + " -test.run '" + pattern + "' -test.skip '" + HANGS + "|TestMigration'";
        var suite = Run.of(
                        Host.ours("rootlesskit"),
                        "--net=host",
                        "--copy-up=/etc",
                        "--copy-up=/run",
                        "--copy-up=/var/lib",
                        "--pidns",
                        "--utsns",
                        "--ipcns",
                        "--cgroupns",
                        "sh",
                        "-c",
                        test)
                .without("CORACLE_NO_CACHE")
                .with("HTTPS_PROXY", proxy.address())
                .with("SSL_CERT_FILE", proxy.certificate().toString())
                .with("TEST_SNAPSHOTTER", "overlayfs")
                .with("TEST_RUNTIME", System.getProperty("coracle.suite.runtime", ""))
                .start(log);
        if (!Run.ends(suite, Duration.ofMinutes(16))) {
            suite.destroyForcibly();
        }
    }

    private static Map<String, String> verdicts(Path log) throws IOException {
        var verdicts = new TreeMap<String, String>();
        try (var lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            lines.map(VERDICT::matcher)
                    .filter(java.util.regex.Matcher::matches)
                    .forEach(verdict -> verdicts.put(verdict.group(2), verdict.group(1)));
        }
        return verdicts;
    }

    /// Says how many tests came to what, and every difference from the list.
    private static int report(
            KnownFailures known, Map<String, String> verdicts, Path log, boolean whole, PrintStream out) {
        var counts = new TreeMap<String, Integer>();
        verdicts.values().forEach(verdict -> counts.merge(verdict, 1, Integer::sum));
        out.println(verdicts.size() + " tests: " + counts + ", log " + log);
        var differences = new ArrayList<>(known.differences(verdicts, whole));
        if (verdicts.isEmpty()) {
            differences.add("no test was run");
        }
        differences.forEach(out::println);
        return differences.isEmpty() ? 0 : 1;
    }

    /// What the tests ask of their images: several platforms, layers that no other image has, a
    /// shell, users `www-data` (33) and `sys` (3) and nobody with 1000, a folder with content.
    private static void fill(Registry registry) throws IOException, InterruptedException {
        for (var image : List.of(
                "containerd/busybox 1.36",
                "containerd/alpine 3.14.0",
                "pause 3.10.2",
                "pause 3.6",
                "e2e-test-images/busybox 1.29-2")) {
            push(registry, image, List.of());
        }
        for (var image : List.of(
                "containerd/volume-copy-up 2.1", "containerd/volume-copy-up 2.2", "containerd/volume-ownership 2.1")) {
            push(registry, image, List.of(TestImages.volume(image)));
        }
    }

    /// One image for each of four platforms, none of which shares its first layer with another: tests count what
    /// is left out of an archive or added by a second platform.
    private static void push(Registry registry, String image, List<byte[]> more)
            throws IOException, InterruptedException {
        var name = image.split(" ")[0];
        var entries = new ArrayList<String>();
        for (var architecture : List.of("amd64", "arm64", "riscv64", "s390x")) {
            var tars = new ArrayList<>(List.of(TestImages.shell(image + " " + architecture)));
            tars.addAll(more);
            var layers = new ArrayList<ImageFiles.Blob>();
            for (var tar : tars) {
                layers.add(registry.push(name, ImageFiles.LAYER, ImageFiles.gzip(tar)));
            }
            var ids = tars.stream().map(ImageFiles::digest).toArray(String[]::new);
            var config = registry.push(name, ImageFiles.CONFIG, ImageFiles.config(architecture, "sh", ids));
            var manifest = registry.tag(
                    name,
                    architecture,
                    ImageFiles.MANIFEST,
                    ImageFiles.manifest(config, layers.toArray(ImageFiles.Blob[]::new)));
            entries.add(
                    "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
                            .formatted(manifest.mediaType(), manifest.digest(), manifest.size(), architecture));
        }
        registry.tag(
                name,
                image.split(" ")[1],
                ImageFiles.INDEX,
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                        .formatted(ImageFiles.INDEX, String.join(",", entries))
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
