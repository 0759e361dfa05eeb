package dev.coracle.commands.line;

import java.util.List;

/// One flag: its names (the first is the long one), what it takes, and its words in the help.
///
/// @param usage its words; what stands in backquotes there is the name of its value
/// @param fallback the value when it is not given, empty for none
/// @param variable the environment variable that stands in for it, empty for none
/// @param shown whether the help page has it
public record Flag(
        List<String> names,
        Kind kind,
        String usage,
        String fallback,
        String variable,
        boolean required,
        boolean shown) {
    public Flag {
        names = List.copyOf(names);
    }

    /// What a flag takes.
    public enum Kind {
        SWITCH,
        TEXT,
        TEXTS,
        WHOLE,
        WHOLES,
        DECIMAL,
        DURATION
    }

    private static Flag of(Kind kind, String names, String usage) {
        return new Flag(List.of(names.split(" ")), kind, usage, "", "", false, true);
    }

    /// A flag without value; `names` are separated by spaces.
    public static Flag bool(String names, String usage) {
        return of(Kind.SWITCH, names, usage);
    }

    public static Flag text(String names, String usage) {
        return of(Kind.TEXT, names, usage);
    }

    /// A text that may be given several times.
    public static Flag texts(String names, String usage) {
        return of(Kind.TEXTS, names, usage);
    }

    public static Flag whole(String names, String usage) {
        return of(Kind.WHOLE, names, usage);
    }

    /// A whole number that may be given several times.
    public static Flag wholes(String names, String usage) {
        return of(Kind.WHOLES, names, usage);
    }

    public static Flag decimal(String names, String usage) {
        return of(Kind.DECIMAL, names, usage);
    }

    public static Flag duration(String names, String usage) {
        return of(Kind.DURATION, names, usage);
    }

    /// The same flag with a default.
    public Flag or(String value) {
        return new Flag(names, kind, usage, value, variable, required, shown);
    }

    /// The same flag, also read from an environment variable.
    public Flag from(String name) {
        return new Flag(names, kind, usage, fallback, name, required, shown);
    }

    /// The same flag, which must be given.
    public Flag must() {
        return new Flag(names, kind, usage, fallback, variable, true, shown);
    }

    /// The same flag, for those who know of it: the help page does not have it.
    public Flag hidden() {
        return new Flag(names, kind, usage, fallback, variable, required, false);
    }

    public String name() {
        return names.getFirst();
    }

    boolean repeats() {
        return kind == Kind.TEXTS || kind == Kind.WHOLES;
    }
}
