package dev.coracle.cli.images;

import dev.coracle.base.Digest;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.registry.Access;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// `push`.
public final class PushCommand {
    private PushCommand() {}

    public static Command command() {
        return Command.of("push", "NAME[:TAG]", "Upload an image to a registry")
                .flags(
                        Flag.bool("quiet", "Only show the image's name").letter('q'),
                        Flag.list("platform", "Platforms of the image: os/arch[/variant]"),
                        Flag.bool("all-platforms", "Send the image for all platforms that are here"),
                        Flag.bool("disable-content-trust", "Accepted, and without effect"),
                        Flag.bool("allow-nondistributable-artifacts", "Without effect: they are always sent"))
                .flags(ForeignFlags.PUSH.flags())
                .takes(Arity.exactly(1))
                .does(PushCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        ForeignFlags.PUSH.check(line);
        var reference = Pulls.reference(line.argument(0));
        var platforms = Pulls.platforms(session, line.texts("platform"));
        var images = session.engine().images();
        if (line.is("quiet")) {
            images.push(reference, platforms, Access.of(session), TransferListener.NONE);
            session.out().line(reference.toString());
            return 0;
        }
        session.out().line("The push refers to repository [" + reference.name() + "]");
        try (var progress = LayerProgress.on(session, session.out())) {
            images.push(reference, platforms, Access.of(session), new View(progress));
        }
        var target = images.get(reference.toString()).target();
        session.out().line(reference.object() + ": digest: " + target.digest() + " size: " + target.size());
        return 0;
    }

    private static final class View implements TransferListener {
        private final LayerProgress progress;
        private final Map<String, Digest> layers = new ConcurrentHashMap<>();

        View(LayerProgress progress) {
            this.progress = progress;
        }

        @Override
        public void needed(String ref, Descriptor content) {
            if (MediaTypes.isLayer(content.mediaType())) {
                layers.put(ref, content.digest());
                progress.add(content.digest(), content.size(), "Preparing");
            }
        }

        @Override
        public void progressed(String ref, long offset) {
            layer(ref).ifPresent(layer -> progress.progress(layer, "Pushing", offset));
        }

        @Override
        public void finished(String ref, boolean existed) {
            layer(ref).ifPresent(layer -> progress.state(layer, existed ? "Layer already exists" : "Pushed"));
        }

        private Optional<Digest> layer(String ref) {
            return Optional.ofNullable(layers.get(ref));
        }
    }
}
