package dev.coracle.commands.ctr;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Reference;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.RemoteContent;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Units;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// `ctr content`.
final class ContentVerbs {
    private static final int PIECE = 1 << 20;
    private static final Pattern LAYER_LABEL =
            Pattern.compile("containerd\\.io/gc\\.ref\\.content\\.(l\\..*|[0-9]*[1-9][0-9]*)");

    private ContentVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "content",
                "Manage content",
                List.of(
                        Verb.of(
                                "active",
                                "Display active transfers",
                                "[flags] [<regexp>]",
                                List.of(
                                        Flag.duration("timeout t", "Kept for old scripts: nothing is fetched here")
                                                .from("CONTAINERD_FETCH_TIMEOUT"),
                                        Flag.text("root", "Kept for old scripts: the daemon has the content")
                                                .or("/tmp/content")),
                                ContentVerbs::active),
                        Verb.of(
                                "delete del remove rm",
                                "Permanently delete one or more blobs",
                                "[<digest>, ...]",
                                List.of(),
                                ContentVerbs::delete),
                        Verb.of(
                                "edit",
                                "Edit a blob and return a new digest",
                                "[flags] <digest>",
                                List.of(
                                        Flag.text("validate", "Kept for old scripts: nothing is validated"),
                                        Flag.text("editor", "Editor to use").from("EDITOR")),
                                ContentVerbs::edit),
                        Verb.of(
                                "fetch",
                                "Fetch all content for an image into containerd",
                                "[flags] <remote> <object>",
                                FetchFlags.flags(
                                        FetchFlags.AT_ONCE_FLAG.hidden(),
                                        Flag.bool("all-metadata", "Kept for old scripts: it is the default")
                                                .hidden(),
                                        Flag.bool("metadata-only", "Only indexes, manifests and configurations")),
                                ContentVerbs::fetch),
                        Verb.of(
                                "fetch-object",
                                "Retrieve objects from a remote",
                                "[flags] <remote> <object> [<hint>, ...]",
                                RegistryFlags.and(),
                                ContentVerbs::fetchObject),
                        Verb.of(
                                "fetch-blob",
                                "Retrieve blobs from a remote",
                                "[flags] <remote> [<digest>, ...]",
                                RegistryFlags.and(Flag.text("media-type", "Media type to ask for")),
                                ContentVerbs::fetchBlob),
                        Verb.of("get", "Get the data for an object", "[<digest>, ...]", List.of(), ContentVerbs::get),
                        Verb.of(
                                "ingest",
                                "Accept content into the store",
                                "[flags] <key>",
                                List.of(
                                        Flag.whole("expected-size", "Bytes the content must have"),
                                        Flag.text("expected-digest", "Digest the content must have")),
                                ContentVerbs::ingest),
                        Verb.of(
                                "list ls",
                                "List all blobs in the store",
                                "[flags]",
                                List.of(Flag.bool("quiet q", "Print only the blob digest")),
                                ContentVerbs::list),
                        Verb.of(
                                "push-object",
                                "Push an object to a remote",
                                "[flags] <remote> <object> <type>",
                                RegistryFlags.and(),
                                ContentVerbs::pushObject),
                        Verb.of(
                                "label",
                                "Add labels to content",
                                "<digest> [<label>=<value> ...]",
                                List.of(),
                                ContentVerbs::label),
                        Verb.group(
                                "prune",
                                "Prunes content from the content store",
                                List.of(Verb.of(
                                        "references",
                                        "Remove the labels that keep layers once they are unpacked",
                                        "",
                                        List.of(
                                                Flag.bool("async", "Do not wait for the garbage collector"),
                                                Flag.bool("dry", "Only say what would be done")),
                                        ContentVerbs::prune)))));
    }

    private static RemoteContent content(Line line, Session session) {
        return new RemoteContent(session.connect(line));
    }

    private static int active(Line line, Session session) {
        var match = line.argument(0);
        var filters = match.isEmpty() ? List.<String>of() : List.of("ref~=/" + match.replace("/", "\\/") + "/");
        var now = session.clock().instant();
        var table = Table.tabbed().row("REF", "SIZE", "AGE");
        content(line, session)
                .statusesMatching(filters)
                .forEach(status -> table.row(
                        status.ref(),
                        Units.size(status.offset()),
                        Units.age(Duration.between(status.startedAt(), now))));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int delete(Line line, Session session) {
        var content = content(line, session);
        return Each.of(line.arguments(), "could not delete %s", session, text -> {
            try {
                content.delete(Digest.parse(text));
                session.terminal().line(text);
            } catch (NotFound gone) {
                // as ctr: silence
            }
        });
    }

    private static int edit(Line line, Session session) throws IOException, InterruptedException {
        if (!line.text("validate").isEmpty()) {
            throw UsageFailure.of("validating the edit result not supported");
        }
        var editor = line.text("editor");
        if (editor.isEmpty()) {
            throw UsageFailure.of("no editor: name one by --editor or the variable EDITOR");
        }
        var digest = Digest.parse(line.argument(0));
        var file = Files.createTempFile("edit-", "");
        try {
            try (var out = Files.newOutputStream(file)) {
                BlobOutput.write(session.connect(line), digest, out);
            }
            if (!session.shell(editor + " " + file)) {
                throw new Aborted("the editor \"" + editor + "\" failed: nothing was written");
            }
            var edited = Files.readAllBytes(file);
            var result = Digest.ofBytes(edited);
            var in = new ByteArrayInputStream(edited);
            write(content(line, session), "edit-" + digest, in, edited.length, Optional.of(result));
            session.terminal().line(result.toString());
        } finally {
            Files.deleteIfExists(file);
        }
        return 0;
    }

    private static int fetch(Line line, Session session) throws InterruptedException {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide an image reference to fetch");
        }
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            FetchFlags.fetch(line, session, lease.connection(), !line.flag("metadata-only"));
        }
        return 0;
    }

    private static int fetchObject(Line line, Session session) throws IOException {
        var reference = Reference.parseFull(line.argument(0));
        try (var registry = RegistryFlags.open(line, session);
                var body = registry.open(reference, registry.resolve(reference))) {
            body.transferTo(session.terminal().out());
        }
        return 0;
    }

    private static int fetchBlob(Line line, Session session) throws IOException {
        if (line.arguments().size() < 2) {
            throw UsageFailure.of("must specify digests");
        }
        var reference = Reference.parseFull(line.argument(0));
        try (var registry = RegistryFlags.open(line, session)) {
            for (var text : line.argumentsFrom(1)) {
                var wanted = new Descriptor(line.text("media-type"), Digest.parse(text), 0);
                try (var body = registry.open(reference, wanted)) {
                    body.transferTo(session.terminal().out());
                }
            }
        }
        return 0;
    }

    private static int get(Line line, Session session) throws IOException {
        BlobOutput.write(
                session.connect(line),
                Digest.parse(line.argument(0)),
                session.terminal().out());
        return 0;
    }

    private static int ingest(Line line, Session session) throws IOException {
        var ref = line.argument(0);
        if (ref.isEmpty()) {
            throw UsageFailure.of("must specify a transaction reference");
        }
        var expected = Optional.of(line.text("expected-digest"))
                .filter(text -> !text.isEmpty())
                .map(Digest::parse);
        var size = line.whole("expected-size");
        write(content(line, session), ref, session.terminal().in(), size, expected);
        return 0;
    }

    /// Writes a blob from its first byte, whatever an earlier attempt left of it.
    private static void write(ContentStore content, String ref, InputStream in, long size, Optional<Digest> expected)
            throws IOException {
        try (var writer = content.writer(ref, size, expected)) {
            if (writer.status().offset() > 0) {
                writer.truncate(0);
            }
            var piece = new byte[PIECE];
            for (var count = in.readNBytes(piece, 0, PIECE); count > 0; count = in.readNBytes(piece, 0, PIECE)) {
                writer.write(ByteBuffer.wrap(piece, 0, count));
            }
            writer.commit(size, expected, Map.of());
        } catch (AlreadyExists present) {
            // the content is there, which is what was wanted
        }
    }

    private static int list(Line line, Session session) {
        var content = content(line, session);
        var terminal = session.terminal();
        if (line.flag("quiet")) {
            content.walkMatching(
                    line.arguments(), info -> terminal.line(info.digest().toString()));
            return 0;
        }
        var now = session.clock().instant();
        var table = Table.tabbed().line("DIGEST\tSIZE\tAGE\tLABELS");
        content.walkMatching(
                line.arguments(),
                info -> table.line(String.join(
                        "\t",
                        info.digest().toString(),
                        Units.size(info.size()),
                        Units.age(Duration.between(info.createdAt(), now)),
                        Views.labels(info.labels(), "-"))));
        terminal.out().print(table.text());
        return 0;
    }

    private static int label(Line line, Session session) {
        var digest = Digest.parse(line.argument(0));
        var labels = Line.labels(line.argumentsFrom(1));
        var content = content(line, session);
        var paths = labels.keySet().stream().map(key -> "labels." + key).toArray(String[]::new);
        var info = paths.length == 0 ? content.info(digest) : content.update(digest, labels, FieldMask.of(paths));
        session.terminal().line(Views.labels(info.labels(), ""));
        return 0;
    }

    private static int pushObject(Line line, Session session) throws IOException {
        var reference = Reference.parseFull(line.argument(0));
        var digest = Digest.parse(line.argument(1));
        var content = content(line, session);
        var wanted =
                new Descriptor(line.argument(2), digest, content.info(digest).size());
        try (var registry = RegistryFlags.open(line, session);
                var reader = content.open(digest)) {
            registry.push(reference, wanted, false, Set.of(), reader, _ -> {});
        }
        session.terminal().line("Pushed " + digest + " " + wanted.mediaType());
        return 0;
    }

    private static int prune(Line line, Session session) {
        Connection connection = session.connect(line);
        var content = new RemoteContent(connection);
        var removed = new LinkedHashMap<Digest, FieldMask>();
        content.walkMatching(List.of(), info -> {
            var paths = info.labels().keySet().stream()
                    .filter(key -> LAYER_LABEL.matcher(key).matches())
                    .map(key -> "labels." + key)
                    .toArray(String[]::new);
            if (paths.length > 0) {
                removed.put(info.digest(), FieldMask.of(paths));
            }
        });
        if (line.flag("dry")) {
            removed.forEach((digest, mask) -> mask.paths()
                    .forEach(path -> session.terminal()
                            .log("DEBUG: Removing label digest=" + digest + " label="
                                    + path.substring("labels.".length()))));
        } else {
            removed.forEach((digest, mask) -> content.update(digest, Map.of(), mask));
            LeaseVerbs.collect(connection, UUID.randomUUID().toString(), !line.flag("async"));
        }
        return 0;
    }
}
