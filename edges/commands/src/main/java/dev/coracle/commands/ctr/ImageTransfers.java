package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Platform;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Transfers;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.types.transfer.HTTPDebug;
import dev.coracle.containerd.api.types.transfer.ImageExportStream;
import dev.coracle.containerd.api.types.transfer.ImageImportStream;
import dev.coracle.containerd.api.types.transfer.ImageReference;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.containerd.api.types.transfer.OCIRegistry;
import dev.coracle.containerd.api.types.transfer.RegistryResolver;
import dev.coracle.containerd.api.types.transfer.UnpackConfiguration;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// The commands that move images, carried out by the daemon: this is what they do without
/// `--local`, and the only way on which the daemon's image verifiers are asked. A daemon of old
/// that has no such service is told of, and served from here.
final class ImageTransfers {
    private static final List<String> TLS = List.of("skip-verify", "tlscacert", "tlscert", "tlskey");

    private ImageTransfers() {}

    /// The daemon's way, or with `--local` this program's.
    static Verb.Action<Session> or(Verb.Action<Session> daemons, Verb.Action<Session> local) {
        return (line, session) -> {
            if (line.flag("local")) {
                return local.run(line, session);
            }
            try {
                return daemons.run(line, session);
            } catch (NotImplemented e) {
                if (!e.message().contains("unknown service")) {
                    throw e;
                }
                session.terminal().log("WARN: the daemon has no transfer service: going on as with --local");
                return local.run(line, session);
            }
        };
    }

    private static void refuse(Line line, String... names) {
        for (var name : names) {
            if (line.isSet(name)) {
                throw UsageFailure.of("\"--" + name + "\" requires \"--local\" flag");
            }
        }
    }

    static int pull(Line line, Session session) throws IOException, InterruptedException {
        var name = line.argument(0);
        if (name.isEmpty()) {
            throw UsageFailure.of("please provide an image reference to pull");
        }
        refuse(line, "max-concurrent-downloads", "print-chainid");
        refuse(line, TLS.toArray(String[]::new));
        var store = ImageStore.newBuilder()
                .setName(name)
                .setAllMetadata(!line.flag("skip-metadata"))
                .putAllLabels(Line.labels(line.texts("label")));
        for (var platform : FetchFlags.platforms(line, session)) {
            store.addPlatforms(wire(platform)).addUnpacks(unpack(platform, line));
        }
        var connection = session.connect(line);
        try (var transfers = new Transfers(connection);
                var view = new TransferView(session.terminal())) {
            transfers.carryOut(registry(line, session, transfers), store.build(), view::told);
        }
        return 0;
    }

    static int push(Line line, Session session) throws IOException, InterruptedException {
        var remote = line.argument(0);
        if (remote.isEmpty()) {
            throw UsageFailure.of("please provide a remote image reference to push");
        }
        refuse(line, "manifest", "manifest-type", "max-concurrent-uploaded-layers", "allow-non-distributable-blobs");
        refuse(line, TLS.toArray(String[]::new));
        refuse(line, "http-dump", "http-trace");
        var store = ImageStore.newBuilder().setName(line.argument(1).isEmpty() ? remote : line.argument(1));
        platforms(line, session).forEach(platform -> store.addPlatforms(wire(platform)));
        var connection = session.connect(line);
        try (var transfers = new Transfers(connection);
                var view = new TransferView(session.terminal())) {
            transfers.carryOut(store.build(), registry(line, session, transfers), view::told);
        }
        return 0;
    }

    private static List<Platform> platforms(Line line, Session session) {
        var host = session.environment().platform();
        return line.texts("platform").stream()
                .map(text -> Platform.parse(text, host))
                .toList();
    }

    private static OCIRegistry registry(Line line, Session session, Transfers transfers) throws InterruptedException {
        var name = line.argument(0);
        var resolver = RegistryResolver.newBuilder()
                .setAuthStream(transfers.credentials(name, RegistryFlags.login(line, session)))
                .setDefaultScheme(line.flag("plain-http") ? "http" : "");
        var hosts = line.text("hosts-dir");
        if (!hosts.isEmpty()) {
            resolver.setHostDir(session.path(hosts).toAbsolutePath().normalize().toString());
        }
        var dump = line.flag("http-dump");
        var trace = line.flag("http-trace");
        if (dump || trace) {
            resolver.setHttpDebug(dump && trace ? HTTPDebug.BOTH : dump ? HTTPDebug.DEBUG : HTTPDebug.TRACE)
                    .setLogsStream(transfers.textTo(text -> session.terminal().log(text.stripTrailing())));
        }
        return OCIRegistry.newBuilder().setReference(name).setResolver(resolver).build();
    }

    static int load(Line line, Session session) throws IOException, InterruptedException {
        var file = line.argument(0);
        refuse(line, "discard-unpacked-layers");
        var base = line.text("base-name");
        var prefix = base.isEmpty()
                ? "import-" + LocalDate.ofInstant(session.clock().instant(), ZoneId.systemDefault())
                : base;
        var names = ImageReference.newBuilder()
                .setName(prefix)
                .setIsPrefix(true)
                .setAllowOverwrite(base.isEmpty())
                .setAddDigest(line.flag("digests"))
                .setSkipNamedDigest(line.flag("digests") && line.flag("skip-digest-for-named"));
        var platform =
                line.flag("all-platforms") ? session.environment().platform() : ArchiveVerbs.platform(line, session);
        var store = ImageStore.newBuilder()
                .setName(line.text("index-name"))
                .putAllLabels(Line.labels(line.texts("label")))
                .addExtraReferences(names);
        if (!line.flag("all-platforms")) {
            store.addPlatforms(wire(platform));
        }
        if (!line.flag("no-unpack")) {
            store.addUnpacks(unpack(platform, line));
        }
        var connection = session.connect(line);
        try (var input = ArchiveVerbs.opened(file, session);
                var transfers = new Transfers(connection);
                var view = new TransferView(session.terminal())) {
            var source = ImageImportStream.newBuilder()
                    .setStream(transfers.bytesOf(input))
                    .setForceCompress(line.flag("compress-blobs"));
            transfers.carryOut(source.build(), store.build(), view::told);
        }
        return 0;
    }

    static int export(Line line, Session session) throws IOException, InterruptedException {
        var file = line.argument(0);
        var names = line.argumentsFrom(1);
        if (file.isEmpty() || names.isEmpty()) {
            throw UsageFailure.of("please provide both an output filename and an image reference to export");
        }
        var connection = session.connect(line);
        if (file.equals("-")) {
            // the archive itself is the output: no view of how it goes
            return export(
                    line, session, new Transfers(connection), session.terminal().output(), Optional.empty());
        }
        var target = session.path(file).toAbsolutePath();
        var temporary = Files.createTempFile(target.getParent(), ".ctr-export", "");
        try (var view = new TransferView(session.terminal())) {
            try (var out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 20)) {
                export(line, session, new Transfers(connection), out, Optional.of(view));
            }
            Files.move(temporary, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return 0;
    }

    private static int export(
            Line line, Session session, Transfers opened, OutputStream out, Optional<TransferView> view)
            throws IOException, InterruptedException {
        try (var transfers = opened) {
            var store = ImageStore.newBuilder();
            line.argumentsFrom(1)
                    .forEach(name ->
                            store.addExtraReferences(ImageReference.newBuilder().setName(name)));
            var destination = ImageExportStream.newBuilder()
                    .setStream(transfers.bytesTo(out))
                    .setAllPlatforms(line.flag("all-platforms"))
                    .setSkipCompatibilityManifest(line.flag("skip-manifest-json"))
                    .setSkipNonDistributable(line.flag("skip-non-distributable"));
            platforms(line, session).forEach(platform -> destination.addPlatforms(wire(platform)));
            transfers.carryOut(
                    store.build(), destination.build(), progress -> view.ifPresent(shown -> shown.told(progress)));
        }
        return 0;
    }

    private static dev.coracle.containerd.api.types.Platform wire(Platform platform) {
        return dev.coracle.containerd.api.types.Platform.newBuilder()
                .setOs(platform.os())
                .setArchitecture(platform.architecture())
                .setVariant(platform.variant())
                .build();
    }

    private static UnpackConfiguration unpack(Platform platform, Line line) {
        return UnpackConfiguration.newBuilder()
                .setPlatform(wire(platform))
                .setSnapshotter(line.text("snapshotter"))
                .build();
    }
}
