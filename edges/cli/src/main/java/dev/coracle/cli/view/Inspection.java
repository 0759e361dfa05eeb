package dev.coracle.cli.view;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.gotemplate.Functions;
import dev.coracle.gotemplate.GoJson;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.gotemplate.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What `inspect` prints: a JSON array of what was found, or a template for each.
public final class Inspection {
    private static final String INDENT = "    ";

    private Inspection() {}

    /// Looks up each name and shows all of them; what is not found is said at last.
    ///
    /// @return the exit status
    public static int show(Session session, String format, List<String> names, Function<String, GoStruct> find) {
        var found = new ArrayList<GoStruct>();
        var failures = new ArrayList<EngineException>();
        for (var name : names) {
            try {
                found.add(find.apply(name));
            } catch (NotFound | InvalidArgument failure) {
                failures.add(failure);
            }
        }
        print(session, format, found);
        failures.forEach(session::complain);
        return failures.isEmpty() ? 0 : 1;
    }

    /// Prints the structs.
    public static void print(Session session, String format, List<GoStruct> found) {
        switch (format) {
            case "" -> session.out().line(GoJson.pretty(found, INDENT));
            case "json" -> session.out().line(GoJson.compact(found));
            default -> {
                var template = parse(format);
                found.forEach(struct -> session.out().line(render(template, struct)));
            }
        }
    }

    /// One struct: as JSON in one line, or by a template.
    public static String one(String format, GoStruct struct) {
        return format.equals("json") ? GoJson.compact(struct) : render(parse(format), struct);
    }

    private static Template parse(String format) {
        try {
            return Template.parse("", format, Functions.docker());
        } catch (InvalidArgument wrong) {
            throw UsageFailure.of("template parsing error: " + wrong.message());
        }
    }

    /// With the Go names of fields; when those do not fit, with the names of JSON.
    private static String render(Template template, GoStruct struct) {
        try {
            return template.render(struct);
        } catch (InvalidArgument _) {
            try {
                return template.missing(Template.MissingKey.ERROR).render(struct.raw());
            } catch (InvalidArgument wrong) {
                throw UsageFailure.of("template parsing error: " + wrong.message());
            }
        }
    }
}
