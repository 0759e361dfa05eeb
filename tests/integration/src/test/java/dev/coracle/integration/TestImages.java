package dev.coracle.integration;

import dev.coracle.integration.ImageFiles.Blob;
import dev.coracle.integration.ImageFiles.Tar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/// The images that tests pull, made from packages of the distribution and kept between runs.
///
/// | name | what it is |
/// |---|---|
/// | `library/busybox:latest` | busybox-static with its applets as links |
/// | `library/ubuntu:latest`, `library/debian:latest` | a Debian with nginx, about 250 MB |
/// | `library/platforms:latest` | an index: busybox for this machine, stubs for three others |
public final class TestImages {
    private static final String PACKAGES = "nginx-light,curl,bind9-dnsutils,iproute2,netcat-openbsd,procps,attr";

    private TestImages() {}

    /// A registry that serves them all.
    static Registry registry() throws IOException, InterruptedException {
        var cache = Files.createDirectories(Host.cache());
        var storage = Files.createDirectories(cache.resolve("registry"));
        try (var lock = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            var registry = new Registry(storage);
            if (!registry.has("library/platforms", "latest")) {
                fill(registry, cache);
            }
            return registry;
        }
    }

    private static void fill(Registry registry, Path cache) throws IOException, InterruptedException {
        var busybox = ImageFiles.gzip(busybox());
        push(registry, "library/busybox", registry.push("library/busybox", ImageFiles.LAYER, busybox), busyboxId());

        var debian = debian(cache);
        for (var name : List.of("library/ubuntu", "library/debian")) {
            push(registry, name, registry.push(name, ImageFiles.LAYER, debian), ImageFiles.diffId(debian));
        }
        platforms(registry, busybox);
    }

    private static String busyboxId() throws IOException, InterruptedException {
        return ImageFiles.digest(busybox());
    }

    private static void push(Registry registry, String name, Blob layer, String diffId)
            throws IOException, InterruptedException {
        var config = registry.push(name, ImageFiles.CONFIG, ImageFiles.config(architecture(), "/bin/sh", diffId));
        registry.tag(name, "latest", ImageFiles.MANIFEST, ImageFiles.manifest(config, layer));
    }

    private static void platforms(Registry registry, byte[] busybox) throws IOException, InterruptedException {
        var name = "library/platforms";
        var entries = new StringBuilder();
        for (var architecture : List.of("amd64", "arm64", "riscv64", "s390x")) {
            var own = architecture.equals(architecture());
            var tar = own ? busybox() : new Tar().file("stub", architecture).toBytes();
            var layer = registry.push(name, ImageFiles.LAYER, own ? busybox : ImageFiles.gzip(tar));
            var config = registry.push(
                    name, ImageFiles.CONFIG, ImageFiles.config(architecture, "/bin/sh", ImageFiles.digest(tar)));
            var manifest = registry.tag(name, architecture, ImageFiles.MANIFEST, ImageFiles.manifest(config, layer));
            entries.append(entries.isEmpty() ? "" : ",")
                    .append("""
                    {"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"}}""".formatted(manifest.mediaType(), manifest.digest(), manifest.size(), architecture));
        }
        registry.tag(name, "latest", ImageFiles.INDEX, """
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}
                """.formatted(ImageFiles.INDEX, entries)
                .getBytes(StandardCharsets.UTF_8));
    }

    public static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    /// An uncompressed layer: the host's busybox, which is linked statically, and a link for each applet.
    public static byte[] busybox() throws IOException, InterruptedException {
        var program = Host.debians("busybox");
        var tar = new Tar().folder("bin/").file("bin/busybox", Files.readAllBytes(Path.of(program)));
        Run.of(program, "--list")
                .output()
                .lines()
                .filter(name -> !name.equals("busybox"))
                .forEach(name -> tar.symlink("bin/" + name, "busybox"));
        for (var folder : List.of("dev/", "etc/", "proc/", "root/", "run/", "sys/", "tmp/", "var/")) {
            tar.folder(folder);
        }
        return tar.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\n")
                .file("etc/group", "root:x:0:\nguest:x:1000:\n")
                .toBytes();
    }

    /// A compressed layer with a small Debian; made once.
    private static Path debian(Path cache) throws IOException, InterruptedException {
        var layer = cache.resolve("debian.tar.gz");
        if (!Files.exists(layer)) {
            var tar = cache.resolve("debian.tar");
            Run.of(
                            "mmdebstrap",
                            "--mode=unshare",
                            "--variant=minbase",
                            "--include=" + PACKAGES,
                            "bookworm",
                            tar.toString())
                    .withoutOurs()
                    .within(Duration.ofMinutes(10))
                    .output();
            Run.of("gzip", "-1", "-f", tar.toString())
                    .within(Duration.ofMinutes(5))
                    .output();
        }
        return layer;
    }
}
