package dev.coracle.logs;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.logs.LogSource;
import dev.coracle.gotemplate.Functions;
import dev.coracle.gotemplate.GoStruct;
import dev.coracle.gotemplate.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a container is called in the logs of others, and what of it is told beside its lines.
final class Tags {
    private static final int SHORT_ID = 12;
    private static final String DEFAULT = "{{.ID}}";

    private Tags() {}

    /// The option `tag`, a Go template over what Docker puts at its disposal.
    static String tag(Options options, LogSource source) {
        var text = options.text("tag").orElse(DEFAULT);
        try {
            return Template.parse("log-tag", text, Functions.docker()).render(view(source));
        } catch (InvalidArgument failure) {
            throw new InvalidArgument("log opt tag=" + text + ": " + failure.message(), failure);
        }
    }

    private static GoStruct view(LogSource source) {
        var digest = source.imageId().replaceFirst("^sha256:", "");
        return GoStruct.of("loggerutils.Info")
                .put("ID", source.shortId())
                .put("FullID", source.id())
                .put("Name", source.name())
                .put("ImageID", digest.substring(0, Math.min(SHORT_ID, digest.length())))
                .put("ImageFullID", source.imageId())
                .put("ImageName", source.image())
                .put("DaemonName", "coracle")
                .build();
    }

    /// The labels and variables that the options `labels`, `labels-regex`, `env` and `env-regex` name.
    static Map<String, String> chosen(Options options, LogSource source) {
        var chosen = new LinkedHashMap<String, String>();
        pick(options, "labels", source.labels(), chosen);
        var env = new LinkedHashMap<String, String>();
        for (var variable : source.env()) {
            var equals = variable.indexOf('=');
            if (equals > 0) {
                env.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        pick(options, "env", env, chosen);
        return chosen;
    }

    private static void pick(Options options, String key, Map<String, String> from, Map<String, String> to) {
        for (var name : options.text(key).orElse("").split(",")) {
            if (from.containsKey(name)) {
                to.put(name, from.get(name));
            }
        }
        options.text(key + "-regex")
                .map(_ -> pattern(options, key + "-regex"))
                .ifPresent(pattern -> from.forEach((name, value) -> {
                    if (pattern.matcher(name).find()) {
                        to.put(name, value);
                    }
                }));
    }

    private static Pattern pattern(Options options, String key) {
        try {
            return Pattern.compile(options.text(key).orElse(""));
        } catch (PatternSyntaxException failure) {
            throw options.refused(key, "is no regular expression: " + failure.getDescription());
        }
    }
}
