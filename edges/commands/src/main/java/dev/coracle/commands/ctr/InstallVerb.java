package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// `ctr install`: programs and libraries out of an image into a directory of this machine. Only
/// what lies directly in the image's `bin` and `lib` is taken, as it is: a link stays a link.
final class InstallVerb {
    private static final String PROGRAMS = "bin";
    private static final String LIBRARIES = "lib";

    private InstallVerb() {}

    static Verb<Session> verb() {
        return Verb.of(
                "install",
                "Install a new package",
                "<ref>",
                List.of(
                        Flag.bool("libs l", "Libraries too"),
                        Flag.bool("replace r", "Replace files that are there"),
                        Flag.text("path", "Directory to install in, instead of the daemon's")),
                InstallVerb::install);
    }

    private static int install(Line line, Session session) throws IOException {
        var connection = session.connect(line);
        var image = Images.target(new Images(connection).get(line.argument(0)));
        var target = session.path(line.text("path").isEmpty() ? managed(connection) : line.text("path"));
        var snapshots = new Snapshots(connection, Snapshots.chosen(connection, ""));
        try (var lease = Lease.take(connection, session.clock())) {
            var chain = new Unpack(lease.connection(), snapshots.name(), false)
                    .image(image, session.environment().platform());
            var view = "install-" + UUID.randomUUID();
            var mounts = new Snapshots(lease.connection(), snapshots.name()).view(view, chain.toString(), Map.of());
            var root = Files.createTempDirectory("ctr-install-");
            try {
                session.mounter().mount(mounts.stream().map(NewContainer::mount).toList(), root);
                copy(line, root, target);
            } finally {
                session.mounter().unmount(root);
                Files.delete(root);
                snapshots.remove(view);
            }
        }
        return 0;
    }

    private static String managed(Connection connection) {
        var stub = connection.stub(IntrospectionGrpc::newBlockingStub);
        var request = PluginsRequest.newBuilder().addFilters("id==opt").build();
        var plugins = Connection.call(() -> stub.plugins(request)).getPluginsList();
        if (plugins.size() != 1) {
            throw UsageFailure.of("opt service not enabled");
        }
        var path = plugins.getFirst().getExportsOrDefault("path", "");
        if (path.isEmpty()) {
            throw UsageFailure.of("opt path not exported");
        }
        return path;
    }

    private static void copy(Line line, Path root, Path target) throws IOException {
        var folders = line.flag("libs") ? List.of(PROGRAMS, LIBRARIES) : List.of(PROGRAMS);
        var files = new ArrayList<Path>();
        for (var folder : folders) {
            if (Files.isDirectory(root.resolve(folder), LinkOption.NOFOLLOW_LINKS)) {
                try (var found = Files.list(root.resolve(folder))) {
                    found.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        for (var file : files) {
            var place = target.resolve(root.relativize(file).toString());
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !line.flag("replace")) {
                throw UsageFailure.of("cannot replace " + root.relativize(file) + " in " + target);
            }
            Files.createDirectories(place.resolveSibling(""));
            Files.copy(
                    file,
                    place,
                    LinkOption.NOFOLLOW_LINKS,
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
