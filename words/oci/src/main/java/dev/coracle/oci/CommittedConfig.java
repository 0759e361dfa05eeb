package dev.coracle.oci;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The configuration of an image that a container is committed to: that of its own image, with one more layer, what the
/// container runs, and Dockerfile instructions.
public final class CommittedConfig {
    private static final String WHAT = "image configuration";

    private final ObjectNode tree;

    private CommittedConfig(ObjectNode tree) {
        this.tree = tree;
    }

    /// @param base the configuration of the container's image
    public static CommittedConfig upon(String base) {
        return new CommittedConfig(Json.object(base.getBytes(StandardCharsets.UTF_8), WHAT));
    }

    private ObjectNode config() {
        return tree.withObjectProperty("config");
    }

    /// What the new layer is, and who made it when.
    public CommittedConfig layer(Digest diffId, ImageHistory.Step step) {
        tree.put("created", step.created());
        if (!step.author().isEmpty()) {
            tree.put("author", step.author());
        }
        tree.withObjectProperty("rootfs").withArrayProperty("diff_ids").add(diffId.toString());
        var member = tree.withArrayProperty("history").addObject().put("created", step.created());
        member.put("created_by", step.createdBy());
        if (!step.author().isEmpty()) {
            member.put("author", step.author());
        }
        if (!step.comment().isEmpty()) {
            member.put("comment", step.comment());
        }
        return this;
    }

    /// What the container runs.
    public CommittedConfig process(List<String> entrypoint, List<String> command, List<String> env) {
        put("Entrypoint", entrypoint);
        put("Cmd", command);
        put("Env", env);
        return this;
    }

    private void put(String member, List<String> words) {
        if (words.isEmpty()) {
            config().remove(member);
        } else {
            Json.putTexts(config(), member, words);
        }
    }

    /// Applies `CMD`, `ENTRYPOINT`, `ENV`, `EXPOSE`, `LABEL`, `USER`, `VOLUME`, `WORKDIR` or `STOPSIGNAL`.
    ///
    /// @throws InvalidArgument for another instruction, or one that cannot be read
    public CommittedConfig change(String instruction) {
        var parts = instruction.strip().split("\\s+", 2);
        var rest = parts.length < 2 ? "" : parts[1].strip();
        if (rest.isEmpty()) {
            throw new InvalidArgument("change \"" + instruction + "\" is not a Dockerfile instruction");
        }
        switch (parts[0].toUpperCase(Locale.ROOT)) {
            case "CMD" -> put("Cmd", words(rest));
            case "ENTRYPOINT" -> put("Entrypoint", words(rest));
            case "ENV" -> pairs(rest).forEach(this::env);
            case "LABEL" ->
                pairs(rest)
                        .forEach(pair -> config().withObjectProperty("Labels").put(pair.key(), pair.value()));
            case "EXPOSE" -> {
                for (var port : rest.split("\\s+")) {
                    config().withObjectProperty("ExposedPorts").putObject(port.contains("/") ? port : port + "/tcp");
                }
            }
            case "VOLUME" ->
                words(rest, false)
                        .forEach(path -> config().withObjectProperty("Volumes").putObject(path));
            case "USER" -> config().put("User", rest);
            case "WORKDIR" -> config().put("WorkingDir", rest);
            case "STOPSIGNAL" -> config().put("StopSignal", rest);
            default ->
                throw new InvalidArgument("change \"" + instruction + "\": " + parts[0]
                        + " is not one of CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR");
        }
        return this;
    }

    private static List<String> words(String text) {
        return words(text, true);
    }

    /// A JSON list, or a line for the shell (or plain words).
    private static List<String> words(String text, boolean isCommand) {
        if (text.startsWith("[")) {
            var holder = Json.object(("{\"w\":" + text + "}").getBytes(StandardCharsets.UTF_8), "change");
            return Json.texts(holder, "w", "change");
        }
        return isCommand ? List.of("/bin/sh", "-c", text) : List.of(text.split("\\s+"));
    }

    private record Pair(String key, String value) {}

    /// `k=v k2="v 2"`, or the old form `k v`.
    private static List<Pair> pairs(String text) {
        var space = text.indexOf(' ');
        var equals = text.indexOf('=');
        if (equals < 0 || (space >= 0 && space < equals)) {
            if (space < 0) {
                throw new InvalidArgument("change \"" + text + "\" has no value");
            }
            return List.of(
                    new Pair(text.substring(0, space), text.substring(space + 1).strip()));
        }
        var pairs = new ArrayList<Pair>();
        var matcher = java.util.regex.Pattern.compile("([^=\\s]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|\\S*)")
                .matcher(text);
        while (matcher.find()) {
            var value = matcher.group(2);
            pairs.add(new Pair(
                    matcher.group(1),
                    value.startsWith("\"") && value.length() > 1
                            ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
                            : value));
        }
        return pairs;
    }

    private void env(Pair pair) {
        ArrayNode lines = config().withArrayProperty("Env");
        for (var i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).asString("").startsWith(pair.key() + "=")) {
                lines.remove(i);
            }
        }
        lines.add(pair.key() + "=" + pair.value());
    }

    public byte[] bytes() {
        return Json.bytes(tree);
    }
}
