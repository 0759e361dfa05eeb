package dev.coracle.integration.vm;

import dev.coracle.integration.ImageFiles;
import dev.coracle.integration.Run;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A disk with Debian 13 on it, and the kernel to start it with.
///
/// Made without root: mmdebstrap unpacks in a user namespace, mke2fs fills the disk in another. The folder it is kept
/// in is named after everything it is made from.
record MachineImage(Path disk, Path kernel, Path initrd) {
    static final String SUITE = "trixie";
    static final String ACCOUNT = "penguin";

    /// The guide's own number.
    static final int UID = 1001;

    private static final List<String> PACKAGES = List.of(
            "systemd,systemd-sysv,libpam-systemd,dbus,dbus-user-session,udev,kmod,linux-image-cloud-amd64,zstd",
            "login,passwd,procps,iproute2,util-linux,uidmap,busybox-static,ca-certificates,openssl",
            "crun,runc,conmon,slirp4netns,passt,fuse-overlayfs,fuse3,openjdk-25-jre-headless,polkitd",
            "containerd,rootlesskit,docker-registry");

    /// Run when the packages are there. The registry that docker.io names has a certificate that all of the machine's
    /// programs trust.
    private static final List<String> STEPS = List.of(
            "useradd --create-home --uid " + UID + " --shell /bin/bash " + ACCOUNT,
            "passwd --delete root",
            "install -d /mnt/coracle /usr/local/share/ca-certificates",
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=registry"
                    + " -addext subjectAltName=DNS:registry-1.docker.io"
                    + " -keyout /etc/docker/registry/key.pem -out /etc/docker/registry/cert.pem",
            "chmod 0644 /etc/docker/registry/key.pem",
            "cp /etc/docker/registry/cert.pem /usr/local/share/ca-certificates/registry.crt",
            "update-ca-certificates");

    /// Who is logged in when the machine starts: the name in this file, or the ordinary account.
    static final String LOGIN_FILE = "/home/" + ACCOUNT + "/who";

    private static final String LOGIN = """
            [Service]
            ExecStart=
            ExecStart=-/bin/sh -c 'exec /sbin/agetty --autologin "$$(cat %s 2>/dev/null || echo %s)" --noissue --keep-baud 115200 - dumb'
            """.formatted(LOGIN_FILE, ACCOUNT);

    private static final Map<String, String> FILES = Map.of(
            "etc/hostname",
            "vm\n",
            // The registry listens on the machine's loopback: slirp4netns shows it under this address.
            "etc/hosts",
            "127.0.0.1 localhost vm\n10.0.2.2 registry-1.docker.io\n",
            "etc/fstab",
            "/dev/vdb /mnt/coracle ext4 ro 0 0\n",
            "etc/profile.d/coracle.sh",
            "PATH=/mnt/coracle/tree/bin:$PATH\n",
            "etc/systemd/system/serial-getty@.service.d/login.conf",
            LOGIN,
            "etc/systemd/system/docker-registry.service.d/port.conf",
            "[Service]\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n",
            "etc/docker/registry/config.yml",
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: /mnt/coracle/registry}, maintenance: {readonly: {enabled: true}}}
            http:
              addr: "127.0.0.1:443"
              tls: {certificate: /etc/docker/registry/cert.pem, key: /etc/docker/registry/key.pem}
            """);

    /// Services that would only make the start longer, or that are for root.
    private static final List<String> OFF = List.of(
            "containerd.service",
            "apt-daily.timer",
            "apt-daily-upgrade.timer",
            "dpkg-db-backup.timer",
            "e2scrub_all.timer",
            "fstrim.timer",
            "systemd-timesyncd.service",
            "getty@tty1.service");

    /// The image, made now if it is not there.
    static MachineImage in(Path cache) throws IOException, InterruptedException {
        Files.createDirectories(cache);
        var recipe = String.join("\n", PACKAGES) + STEPS + new TreeMap<>(FILES) + OFF + SUITE;
        var name = ImageFiles.digest(recipe.getBytes(StandardCharsets.UTF_8)).substring("sha256:".length(), 23);
        var folder = cache.resolve("vm-" + name);
        try (var lock =
                FileChannel.open(cache.resolve("vm-lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(folder)) {
                make(cache, folder);
            }
        }
        return new MachineImage(folder.resolve("disk"), folder.resolve("kernel"), folder.resolve("initrd"));
    }

    private static void make(Path cache, Path folder) throws IOException, InterruptedException {
        var work = Files.createTempDirectory(cache, "vm-");
        try {
            var tar = work.resolve("system.tar");
            Run.of(mmdebstrap(tar)).withoutOurs().within(Duration.ofMinutes(12)).output();

            // In there the files of root are ours, so that they can be changed from here.
            var root = Files.createDirectory(work.resolve("root"));
            asRoot("tar", "-xf", tar.toString(), "-C", root.toString(), "--exclude=./dev/*");
            Files.delete(tar);
            configure(root);

            var done = Files.createDirectory(work.resolve("done"));
            disk(root, done.resolve("disk"), 4096);
            copyNewest(root.resolve("boot"), "vmlinuz-", done.resolve("kernel"));
            copyNewest(root.resolve("boot"), "initrd.img-", done.resolve("initrd"));
            Files.move(done, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            asRoot("rm", "-rf", work.toString());
        }
    }

    private static List<String> mmdebstrap(Path tar) throws IOException {
        var words = new ArrayList<>(List.of("mmdebstrap", "--variant=minbase", "--quiet"));
        PACKAGES.forEach(packages -> words.add("--include=" + packages));
        for (var unread : List.of("doc", "locale")) {
            words.add("--dpkgopt=path-exclude=/usr/share/" + unread + "/*");
        }
        STEPS.forEach(step -> words.add("--customize-hook=chroot \"$1\" " + step));
        words.addAll(List.of(SUITE, tar.toString()));
        words.addAll(AptSources.ofHost().forSuite(SUITE));
        return words;
    }

    private static void configure(Path root) throws IOException {
        for (var file : FILES.entrySet()) {
            var path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        var units = root.resolve("etc/systemd/system");
        for (var unit : OFF) {
            Files.deleteIfExists(units.resolve(unit));
            Files.createSymbolicLink(units.resolve(unit), Path.of("/dev/null"));
        }
        Files.createSymbolicLink(
                Files.createDirectories(units.resolve("getty.target.wants")).resolve("serial-getty@ttyS1.service"),
                Path.of("/usr/lib/systemd/system/serial-getty@.service"));
    }

    private static void copyNewest(Path folder, String prefix, Path target) throws IOException {
        try (var files = Files.list(folder)) {
            var newest = files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .max(Path::compareTo)
                    .orElseThrow(() -> new IOException("no " + prefix + "* in " + folder));
            Files.copy(newest, target);
        }
    }

    /// A disk with the folder's content.
    static Path disk(Path folder, Path disk, int megabytes) throws IOException, InterruptedException {
        asRoot("mke2fs", "-q", "-t", "ext4", "-d", folder.toString(), disk.toString(), megabytes + "M");
        return disk;
    }

    /// Root of a user namespace, unless we are root already.
    private static void asRoot(String... words) throws IOException, InterruptedException {
        var all = new ArrayList<String>();
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            all.addAll(List.of("unshare", "--map-root-user", "--map-auto"));
        }
        all.addAll(List.of(words));
        Run.of(all).withoutOurs().within(Duration.ofMinutes(4)).output();
    }
}
