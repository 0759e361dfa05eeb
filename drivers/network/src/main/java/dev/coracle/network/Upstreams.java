package dev.coracle.network;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Inotify;
import dev.coracle.linux.Inotify.Change;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The host's name servers. They follow its `resolv.conf`, however that is replaced: the folders of
/// the file and of what it points to are watched, as programs rename a new one over the old.
final class Upstreams implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Upstreams.class.getName());

    private final Path file;
    private final Inotify inotify;
    private final Poller poller;
    private volatile List<InetAddress> servers;

    private Upstreams(Path file, Inotify inotify, Poller poller) {
        this.file = file;
        this.inotify = inotify;
        this.poller = poller;
        this.servers = read();
    }

    static Upstreams open(Path file) throws IOException {
        var inotify = Inotify.open();
        try {
            var poller = Poller.start("resolv.conf");
            var upstreams = new Upstreams(file.toAbsolutePath(), inotify, poller);
            upstreams.watch();
            poller.onReadable(inotify.fd(), upstreams::changed);
            // what changed between the first look and the watching
            upstreams.servers = upstreams.read();
            return upstreams;
        } catch (IOException | RuntimeException e) {
            inotify.close();
            throw e;
        }
    }

    List<InetAddress> servers() {
        return servers;
    }

    /// Every folder on the way, link by link. Watching one twice is watching it once.
    private void watch() {
        var changes = EnumSet.of(Change.WRITTEN, Change.MOVED_TO, Change.CREATED, Change.DELETED, Change.MODIFIED);
        for (var folder : folders()) {
            try {
                inotify.watch(folder, changes);
            } catch (ErrnoException e) {
                LOGGER.log(System.Logger.Level.WARNING, "name servers will not follow changes below " + folder, e);
            }
        }
    }

    private Set<Path> folders() {
        var folders = new LinkedHashSet<Path>();
        var at = file;
        for (var steps = 0; steps < 8; steps++) {
            folders.add(Objects.requireNonNull(at.getParent(), "a file has a folder"));
            try {
                if (!Files.isSymbolicLink(at)) {
                    break;
                }
                at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "cannot follow " + at, e);
                break;
            }
        }
        folders.removeIf(folder -> !Files.isDirectory(folder));
        return folders;
    }

    private void changed() throws ErrnoException {
        inotify.read();
        watch();
        servers = read();
    }

    private List<InetAddress> read() {
        try {
            return parse(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "no name servers from " + file, e);
            return List.of();
        }
    }

    static List<InetAddress> parse(String text) {
        var found = new ArrayList<InetAddress>();
        for (var line : text.lines().toList()) {
            var words = line.strip().split("\\s+");
            if (words.length >= 2 && words[0].equals("nameserver")) {
                try {
                    found.add(InetAddress.ofLiteral(words[1]));
                } catch (IllegalArgumentException e) {
                    LOGGER.log(System.Logger.Level.WARNING, "name server {0} is not an address", words[1]);
                }
            }
        }
        return List.copyOf(found);
    }

    @Override
    public void close() {
        poller.execute(() -> {
            poller.remove(inotify.fd());
            inotify.close();
        });
        poller.close();
    }
}
