package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Verb;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.Json;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// `ctr images inspect`: an image as the tree of its documents.
final class InspectVerb {
    private static final String MIDDLE = "├── ";
    private static final String LAST = "└── ";
    private static final String BESIDE = "│   ";
    private static final String BELOW = "    ";

    private final Images images;
    private final boolean content;
    private final StringBuilder text = new StringBuilder();

    private InspectVerb(Images images, boolean content) {
        this.images = images;
        this.content = content;
    }

    static Verb<Session> verb() {
        return Verb.of(
                "inspect i",
                "inspect an image",
                "<image> [flags]",
                List.of(Flag.bool("content", "Show the documents too")),
                InspectVerb::inspect);
    }

    private static int inspect(Line line, Session session) {
        var images = new Images(session.connect(line));
        var image = images.get(line.argument(0));
        var shown = new InspectVerb(images, line.flag("content"));
        shown.line(image.getName());
        shown.line(BESIDE + " Created: " + SandboxVerbs.goTime(image.getCreatedAt()));
        shown.line(BESIDE + " Updated: " + SandboxVerbs.goTime(image.getUpdatedAt()));
        new TreeMap<>(image.getLabelsMap())
                .forEach((key, value) -> shown.line(BESIDE + " Label \"" + key + "\": \"" + value + "\""));
        shown.tree(Images.target(image), LAST, BELOW);
        session.terminal().out().print(shown.text);
        return 0;
    }

    private void line(String words) {
        text.append(words).append('\n');
    }

    private static String named(Descriptor descriptor) {
        return descriptor.mediaType() + " @" + descriptor.digest() + " (" + descriptor.size() + " bytes)";
    }

    private void tree(Descriptor descriptor, String prefix, String below) {
        line(prefix + named(descriptor));
        descriptor
                .platform()
                .filter(platform -> !platform.architecture().isEmpty())
                .ifPresent(platform -> line(below + BESIDE + " Platform: " + platform));
        byte[] document;
        try {
            document = images.read(descriptor);
        } catch (NotFound elsewhere) {
            line(below + LAST + " Content does not exist locally, skipping");
            return;
        }
        show(descriptor, below + BESIDE);
        if (MediaTypes.isManifest(descriptor.mediaType())) {
            manifest(Manifest.parse(document), below);
        } else if (MediaTypes.isIndex(descriptor.mediaType())) {
            var children = images.children(descriptor);
            for (var i = 0; i < children.size(); i++) {
                var last = i == children.size() - 1;
                tree(children.get(i), below + (last ? LAST : MIDDLE), below + (last ? BELOW : BESIDE));
            }
        }
    }

    private void manifest(Manifest manifest, String below) {
        var layers = manifest.layers();
        line(below + (layers.isEmpty() ? LAST : MIDDLE) + named(manifest.config()));
        show(manifest.config(), below + (layers.isEmpty() ? BELOW : BESIDE));
        for (var i = 0; i < layers.size(); i++) {
            line(below + (i == layers.size() - 1 ? LAST : MIDDLE) + named(layers.get(i)));
        }
    }

    private void show(Descriptor descriptor, String prefix) {
        if (!content) {
            return;
        }
        var labels = images.content().info(descriptor.digest()).labels();
        if (!labels.isEmpty()) {
            line(prefix + "┌────────Labels─────────");
            new TreeMap<>(labels).forEach((key, value) -> line(prefix + "│\"" + key + "\": \"" + value + "\""));
            line(prefix + "└───────────────────────");
        }
        if (descriptor.mediaType().endsWith("json")) {
            var document = Json.object(images.read(descriptor), "document " + descriptor.digest());
            line(prefix + "┌────────Content────────");
            line(Json.pretty(document, "   ")
                    .lines()
                    .map(row -> prefix + "│" + row)
                    .collect(Collectors.joining("\n")));
            line(prefix + "└───────────────────────");
        }
    }
}
