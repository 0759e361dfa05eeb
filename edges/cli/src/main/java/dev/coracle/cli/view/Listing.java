package dev.coracle.cli.view;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.gotemplate.Functions;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.gotemplate.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// How a kind of thing is listed: its fields, their headings, which of them the table shows; and
/// `--format` as docker reads it (`table`, `json`, a template, `table` and a template).
public final class Listing<T> {
    private final String type;
    private final List<Column<T>> columns = new ArrayList<>();
    private String table = "";
    private String identity = "";
    private BiFunction<T, String, String> label = (_, _) -> "";

    private record Column<T>(String name, String heading, Function<T, Object> value) {}

    private Listing(String type) {
        this.type = type;
    }

    /// @param type the name in messages about templates
    public static <T> Listing<T> of(String type) {
        return new Listing<>(type);
    }

    public Listing<T> column(String name, String heading, Function<T, Object> value) {
        columns.add(new Column<>(name, heading, value));
        return this;
    }

    /// What `.Label "key"` gives.
    public Listing<T> labels(BiFunction<T, String, String> value) {
        label = value;
        return this;
    }

    /// The template of the table, with tabs.
    public Listing<T> table(String template) {
        table = template;
        return this;
    }

    /// The field that `--quiet` shows.
    public Listing<T> identity(String name) {
        identity = name;
        return this;
    }

    /// Prints the things.
    ///
    /// @param format empty: the table
    public void show(Session session, String format, boolean quiet, List<T> things) {
        session.out().print(text(format, quiet, things));
    }

    /// What [#show] prints.
    public String text(String format, boolean quiet, List<T> things) {
        var words = format.replace("\\t", "\t").replace("\\n", "\n");
        if (quiet && (words.isEmpty() || words.equals("table"))) {
            return rows("{{." + identity + "}}", things, false);
        }
        if (words.isEmpty() || words.equals("table") || words.equals("wide")) {
            return rows(table, things, true);
        }
        if (words.equals("json")) {
            return rows("{{json .}}", things, false);
        }
        if (words.startsWith("table ") || words.startsWith("table\t")) {
            return rows(words.substring("table ".length()), things, true);
        }
        return rows(words, things, false);
    }

    private String rows(String words, List<T> things, boolean withHeading) {
        var lines = new ArrayList<String>();
        if (withHeading) {
            lines.add(parse(words, Functions.dockerHeader()).render(headings()));
        }
        var template = parse(words, Functions.docker());
        things.forEach(thing -> lines.add(template.render(struct(thing))));
        return withHeading
                ? Table.of(lines)
                : String.join("", lines.stream().map(line -> line + "\n").toList());
    }

    /// Reads a template of a person's.
    static Template parse(String words, Functions functions) {
        try {
            return Template.parse("", words, functions);
        } catch (InvalidArgument wrong) {
            throw UsageFailure.of("failed to parse template: " + wrong.message());
        }
    }

    private GoStruct headings() {
        var builder = GoStruct.of(type);
        columns.forEach(column -> builder.put(column.name(), column.heading()));
        return builder.method("Label", key -> key).build();
    }

    private GoStruct struct(T thing) {
        var builder = GoStruct.of(type);
        var sorted = new LinkedHashMap<String, Column<T>>();
        columns.stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(column -> sorted.put(column.name(), column));
        sorted.values()
                .forEach(column -> builder.put(column.name(), column.value().apply(thing)));
        return builder.method("Label", key -> label.apply(thing, key)).build();
    }
}
