package dev.coracle.cli.line;

import java.util.List;
import java.util.stream.Stream;

/// Flags of docker's and nerdctl's that a command knows but cannot honour: given, they are errors with the reason,
/// unless their value changes nothing.
public record Refusals(List<Refused> all) {
    public Refusals {
        all = List.copyOf(all);
    }

    /// @param harmless the value that changes nothing
    public record Refused(Flag flag, String harmless, String reason) {}

    public static Refused refused(Flag flag, String harmless, String reason) {
        return new Refused(flag, harmless, reason);
    }

    public static Refusals of(Refused... all) {
        return new Refusals(List.of(all));
    }

    public Refusals and(Refusals more) {
        return new Refusals(Stream.concat(all.stream(), more.all.stream()).toList());
    }

    public List<Flag> flags() {
        return all.stream().map(Refused::flag).toList();
    }

    /// @throws UsageFailure for the first flag that cannot be honoured
    public void check(Line line) {
        for (var refused : all) {
            var name = refused.flag().name();
            if (line.has(name) && !line.text(name).equals(refused.harmless())) {
                throw UsageFailure.of("--" + name + ": " + refused.reason());
            }
        }
    }
}
