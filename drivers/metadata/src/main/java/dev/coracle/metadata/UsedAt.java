package dev.coracle.metadata;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.GoDuration;
import dev.coracle.metadata.References.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A reference to a snapshot that counts only while the snapshot was used recently, or only while it was not
/// (containerd, `containerd.io/gc.cond.snapshot.<snapshotter>` = `usedat<24h|<name>`). The snapshot says by
/// `containerd.io/gc.cond.value-usedat` when it was used.
///
/// @param younger whether the use must be younger than `age`, or older
record UsedAt(Node snapshot, boolean younger, Duration age) {
    private static final String VALUE = "containerd.io/gc.cond.value-usedat";
    private static final String SNAPSHOT = "containerd.io/gc.cond.snapshot.";
    private static final Pattern CONDITION = Pattern.compile("usedat([<>])([^=].*)");

    /// The conditional references in labels. Several conditions of one label are alternatives; what is malformed or
    /// unknown is no reference, as nobody is there to be told.
    static List<UsedAt> of(Map<String, String> labels) {
        var all = new ArrayList<UsedAt>();
        labels.forEach((key, value) -> {
            var bar = value.indexOf('|');
            if (key.startsWith(SNAPSHOT) && bar >= 0) {
                var snapshotter = key.substring(SNAPSHOT.length()).replaceFirst("/.*", "");
                var snapshot = Node.snapshot(snapshotter, value.substring(bar + 1));
                for (var condition : value.substring(0, bar).split(",")) {
                    parse(snapshot, condition).ifPresent(all::add);
                }
            }
        });
        return all;
    }

    private static Optional<UsedAt> parse(Node snapshot, String condition) {
        var match = CONDITION.matcher(condition);
        try {
            return match.matches()
                    ? Optional.of(new UsedAt(snapshot, match.group(1).equals("<"), GoDuration.parse(match.group(2))))
                    : Optional.empty();
        } catch (InvalidArgument malformed) {
            return Optional.empty();
        }
    }

    /// When an object with these labels was used.
    static Optional<Instant> time(Map<String, String> labels) {
        try {
            return Optional.ofNullable(labels.get(VALUE))
                    .map(text -> OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }

    /// Whether the reference counts for a snapshot that was used then.
    boolean holds(Instant used, Instant now) {
        var order = Duration.between(used, now).compareTo(age);
        return younger ? order < 0 : order > 0;
    }
}
