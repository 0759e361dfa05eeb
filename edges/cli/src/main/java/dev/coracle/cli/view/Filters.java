package dev.coracle.cli.view;

import dev.coracle.base.GoDuration;
import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.filters.PruneFilter;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The values of `--filter key=value`: one key's values are alternatives, different keys must all
/// hold; of labels, all must.
public final class Filters {
    private final Map<String, List<String>> values;

    private Filters(Map<String, List<String>> values) {
        this.values = values;
    }

    /// The flag itself.
    public static Flag flag(String help) {
        return Flag.each("filter", help).letter('f').checked(value -> {
            if (value.indexOf('=') < 0) {
                throw new BadValue("bad format of filter (expected name=value)");
            }
        });
    }

    /// @param known the keys that mean something
    public static Filters of(Line line, Set<String> known) {
        var values = new LinkedHashMap<String, List<String>>();
        for (var filter : line.texts("filter")) {
            var equals = filter.indexOf('=');
            var key = filter.substring(0, equals).strip();
            if (!known.contains(key)) {
                throw UsageFailure.of("invalid filter '" + key + "'");
            }
            values.computeIfAbsent(key, _ -> new ArrayList<>())
                    .add(filter.substring(equals + 1).strip());
        }
        return new Filters(values);
    }

    public List<String> of(String key) {
        return values.getOrDefault(key, List.of());
    }

    /// Whether the key was not given, or one of its values is accepted.
    public boolean any(String key, Predicate<String> accepted) {
        return of(key).isEmpty() || of(key).stream().anyMatch(accepted);
    }

    /// Whether the labels have all that is asked for, and nothing of `label!`.
    public boolean labels(Map<String, String> labels) {
        return of("label").stream().allMatch(wanted -> has(labels, wanted))
                && of("label!").stream().noneMatch(wanted -> has(labels, wanted));
    }

    private static boolean has(Map<String, String> labels, String wanted) {
        var equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    /// A boolean in docker's spellings.
    public static boolean bool(String key, String value) {
        return switch (value) {
            case "1", "true", "True", "TRUE", "t", "T" -> true;
            case "0", "false", "False", "FALSE", "f", "F" -> false;
            default -> throw UsageFailure.of("invalid filter '" + key + "=" + value + "'");
        };
    }

    /// As the engine's pruning takes it.
    public PruneFilter prune(Instant now) {
        var until = of("until").stream()
                .map(value -> time(value, now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
        return new PruneFilter(until, of("label"), of("label!"));
    }

    /// A point in time: seconds since the epoch, a date, a time, or a duration before now.
    public static Instant time(String text, Instant now) {
        try {
            if (text.matches("[0-9]{1,12}(\\.[0-9]{1,9})?")) {
                var dot = text.indexOf('.');
                var seconds = Long.parseLong(dot < 0 ? text : text.substring(0, dot));
                var nanos = dot < 0 ? 0 : Long.parseLong((text.substring(dot + 1) + "000000000").substring(0, 9));
                return Instant.ofEpochSecond(seconds, nanos);
            }
            if (text.matches("-?([0-9.]+(ns|us|µs|ms|s|m|h))+")) {
                return now.minus(GoDuration.parse(text));
            }
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return text.matches(".*T.*(Z|[+-][0-9]{2}:?[0-9]{2})$")
                    ? java.time.OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException | dev.coracle.base.EngineException.InvalidArgument e) {
            throw UsageFailure.of(
                    "invalid value for time: failed to parse value as time or duration: \"" + text + "\"");
        }
    }
}
