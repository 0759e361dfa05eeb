package dev.coracle.integration;

import dev.coracle.integration.ImageFiles.Blob;
import dev.coracle.integration.ImageFiles.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// The images that tests pull, made from packages of the distribution and kept between runs.
///
/// | name | what it is |
/// |---|---|
/// | `library/busybox:latest` | busybox-static with its applets as links |
/// | `library/ubuntu:latest`, `library/debian:latest` | a Debian with nginx, about 250 MB |
/// | `library/nginx:alpine` | nginx that serves its welcome page on port 80, and busybox; 10 MB |
/// | `library/platforms:latest` | an index: busybox for this machine, stubs for three others |
public final class TestImages {
    private static final String PACKAGES = "nginx-light,curl,bind9-dnsutils,iproute2,netcat-openbsd,procps,attr";

    /// What the image of nginx runs.
    public static final String NGINX = "nginx";

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
            if (!registry.has("library/nginx", "alpine")) {
                push(registry, "library/nginx", "alpine", Files.readAllBytes(nginx(cache)), NGINX);
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

    /// An image of one layer.
    public static void push(Registry registry, String name, String tag, byte[] layer, String command)
            throws IOException, InterruptedException {
        var blob = registry.push(name, ImageFiles.LAYER, layer);
        Blob config;
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(layer))) {
            config = registry.push(
                    name, ImageFiles.CONFIG, ImageFiles.config(architecture(), command, ImageFiles.digest(unpacked)));
        }
        registry.tag(name, tag, ImageFiles.MANIFEST, ImageFiles.manifest(config, blob));
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
        return applets()
                .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\n")
                .file("etc/group", "root:x:0:\nguest:x:1000:\n")
                .toBytes();
    }

    /// The same with other users, and a mark that makes its digest another one.
    public static byte[] shell(String mark) throws IOException, InterruptedException {
        return applets()
                .file("etc/passwd", """
                        root:x:0:0:root:/root:/bin/sh
                        sys:x:3:3:sys:/dev:/bin/sh
                        www-data:x:33:33:www-data:/var/www:/bin/sh
                        """)
                .file("etc/group", "root:x:0:\nsys:x:3:\nwww-data:x:33:\n")
                .file("etc/mark", mark)
                .toBytes();
    }

    private static Tar applets() throws IOException, InterruptedException {
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
        return tar;
    }

    /// A second layer, as images for the tests of volumes have it: a folder with files, and the mark.
    public static byte[] volume(String mark) {
        return new Tar()
                .folder("test_dir/")
                .file("test_dir/test_file", "test_content\n")
                .file("test_dir/mark", mark)
                .toBytes();
    }

    /// A compressed layer with nginx out of that Debian, and busybox for a shell; made once.
    public static Path nginx() throws IOException, InterruptedException {
        var cache = Files.createDirectories(Host.cache());
        try (var lock = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            return nginx(cache);
        }
    }

    private static Path nginx(Path cache) throws IOException, InterruptedException {
        var layer = cache.resolve("nginx.tar.gz");
        if (!Files.exists(layer)) {
            Run.of("sh", "-euc", NGINX_LAYER, "sh", debian(cache).toString(), Host.debians("busybox"), layer.toString())
                    .withoutOurs()
                    .within(Duration.ofMinutes(5))
                    .output();
        }
        return layer;
    }

    private static final String NGINX_LAYER = """
            work=$(mktemp -d -p "$(dirname "$3")")
            trap 'rm -rf "$work"' EXIT
            mkdir "$work/debian" "$work/layer"
            tar -xzf "$1" -C "$work/debian" --exclude='./dev/*'
            cd "$work/debian"
            for name in libc libm libcrypt libpcre libpcre2-8 libssl libcrypto libz libdl libpthread libnss_files ld-linux; do
                for file in usr/lib/*-linux-gnu/$name.so* usr/lib/*-linux-gnu/$name-* usr/lib*/$name-*; do
                    [ ! -e "$file" ] || cp -a --parents "$file" "$work/layer"
                done
            done
            for file in usr/sbin/nginx usr/share/nginx/html etc/passwd etc/group etc/nginx/mime.types var/lib/nginx var/log/nginx \
                bin sbin lib lib64; do
                [ ! -e "$file" ] && [ ! -L "$file" ] || cp -a --parents "$file" "$work/layer"
            done
            cd "$work/layer"
            mkdir -p dev proc sys run tmp usr/bin usr/sbin
            cp "$2" usr/bin/busybox
            for name in $(usr/bin/busybox --list); do [ -e usr/bin/$name ] || ln -s busybox usr/bin/$name; done
            cat >etc/nginx/nginx.conf <<'END'
            daemon off;
            user www-data;
            worker_processes 1;
            pid /run/nginx.pid;
            error_log stderr;
            events {}
            http {
                include mime.types;
                access_log /dev/stdout;
                server { listen 80; root /usr/share/nginx/html; index index.html index.nginx-debian.html; }
            }
            END
            [ -e usr/share/nginx/html/index.html ] || echo '<h1>Welcome to nginx!</h1>' >usr/share/nginx/html/index.html
            tar --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -czf "$3.new" .
            mv "$3.new" "$3"
            """;

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
