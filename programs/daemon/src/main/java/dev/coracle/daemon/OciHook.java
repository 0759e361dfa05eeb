package dev.coracle.daemon;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.linux.Self;
import dev.coracle.oci.HookState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `containerd oci-hook`: becomes another program, in whose arguments and environment the words
/// `{{id}}`, `{{bundle}}`, `{{rootfs}}`, `{{pid}}`, `{{status}}` and `{{annotation "key"}}` stand for
/// the container that a runtime calls the hook for.
final class OciHook {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*(\\w+)(?:\\s+\"([^\"]*)\")?\\s*\\}\\}");

    private final HookState state;
    private final Path rootfs;

    private OciHook(HookState state, Path rootfs) {
        this.state = state;
        this.rootfs = rootfs;
    }

    /// Returns only by a failure.
    static void become(List<String> words, Map<String, String> environment, InputStream in) throws IOException {
        var state = HookState.parse(in.readAllBytes());
        var bundle = Path.of(state.bundle());
        var root = HookState.root(Files.readAllBytes(bundle.resolve("config.json")));
        var hook = new OciHook(state, bundle.resolve(root));
        var filled = new ArrayList<String>();
        words.forEach(word -> filled.add(hook.fill(word)));
        var variables = new TreeMap<String, String>();
        environment.forEach((name, value) -> variables.put(name, hook.fill(value)));
        throw Self.execute(Path.of(filled.getFirst()), filled, variables);
    }

    private String fill(String text) {
        return PLACE.matcher(text).replaceAll(place -> Matcher.quoteReplacement(value(place.group(1), place.group(2))));
    }

    private String value(String word, @org.jspecify.annotations.Nullable String key) {
        return switch (word) {
            case "id" -> state.id();
            case "bundle" -> state.bundle();
            case "rootfs" -> rootfs.toString();
            case "pid" -> Long.toString(state.pid());
            case "status" -> state.status();
            case "annotation" -> key == null ? "" : state.annotations().getOrDefault(key, "");
            default -> throw new InvalidArgument("oci-hook: unknown word {{" + word + "}}");
        };
    }
}
