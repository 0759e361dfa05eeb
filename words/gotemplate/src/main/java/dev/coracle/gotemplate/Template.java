package dev.coracle.gotemplate;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A template of Go's text/template language.
///
/// Data are strings, booleans, numbers, lists, maps with string keys, [GoStruct]s and records (a
/// component `name` is the field `Name`); null is nil. Immutable, for any number of threads.
public final class Template {
    /// What a key gives that a map does not have.
    public enum MissingKey {
        /// `<no value>`.
        NO_VALUE,
        /// A failure that names the key.
        ERROR
    }

    private final String name;
    private final String text;
    private final Functions functions;
    private final Map<String, Node.Sequence> trees;
    private final MissingKey missing;

    private Template(
            String name, String text, Functions functions, Map<String, Node.Sequence> trees, MissingKey missing) {
        this.name = name;
        this.text = text;
        this.functions = functions;
        this.trees = trees;
        this.missing = missing;
    }

    /// Reads a template; the name appears in messages.
    ///
    /// @throws InvalidArgument when it is malformed, with Go's message
    public static Template parse(String name, String text, Functions functions) {
        var trees = new HashMap<String, Node.Sequence>();
        new Parser(name, text, functions.names(), trees).parse();
        return new Template(name, text, functions, Map.copyOf(trees), MissingKey.NO_VALUE);
    }

    /// The same template, with another answer to missing keys.
    public Template missing(MissingKey choice) {
        return new Template(name, text, functions, trees, choice);
    }

    /// The template's text with the data in it.
    ///
    /// @throws InvalidArgument when it does not fit the data, with Go's message
    public String render(@Nullable Object data) {
        return new Execution(this, Go.of(data)).run();
    }

    String name() {
        return name;
    }

    Functions functions() {
        return functions;
    }

    Map<String, Node.Sequence> trees() {
        return trees;
    }

    MissingKey missing() {
        return missing;
    }

    /// A failure at a node of the template.
    InvalidArgument failure(String template, Node node, String message) {
        var before = text.substring(0, Math.min(node.at(), text.length()));
        var newLine = before.lastIndexOf('\n');
        var line = 1 + before.chars().filter(c -> c == '\n').count();
        var column = before.substring(newLine + 1).getBytes(StandardCharsets.UTF_8).length;
        return new InvalidArgument("template: " + name + ":" + line + ":" + column + ": executing " + Quote.go(template)
                + " at <" + node + ">: " + message);
    }
}
