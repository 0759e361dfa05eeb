package dev.coracle.cli.line;

import java.util.List;

/// A flag of a command.
///
/// @param letter the short form, or a blank
/// @param aliases other long names, not shown in help
/// @param fallback what it is without being given, as text
/// @param checks what a value must pass
public record Flag(
        String name, char letter, List<String> aliases, Kind kind, String help, String fallback, List<Check> checks) {
    private static final char NONE = ' ';

    public Flag {
        aliases = List.copyOf(aliases);
        checks = List.copyOf(checks);
    }

    /// Refuses values.
    @FunctionalInterface
    public interface Check {
        /// @throws BadValue with the reason
        void check(String value);
    }

    public static Flag bool(String name, String help) {
        return of(name, Kind.BOOL, help, "false");
    }

    public static Flag text(String name, String help) {
        return of(name, Kind.TEXT, help, "");
    }

    public static Flag whole(String name, String help) {
        return of(name, Kind.WHOLE, help, "0");
    }

    public static Flag decimal(String name, String help) {
        return of(name, Kind.DECIMAL, help, "0");
    }

    public static Flag bytes(String name, String help) {
        return of(name, Kind.BYTES, help, "0");
    }

    public static Flag duration(String name, String help) {
        return of(name, Kind.DURATION, help, "0s");
    }

    public static Flag list(String name, String help) {
        return of(name, Kind.LIST, help, "");
    }

    public static Flag each(String name, String help) {
        return of(name, Kind.EACH, help, "");
    }

    private static Flag of(String name, Kind kind, String help, String fallback) {
        return new Flag(name, NONE, List.of(), kind, help, fallback, List.of());
    }

    /// The same flag with a short form.
    public Flag letter(char newLetter) {
        return new Flag(name, newLetter, aliases, kind, help, fallback, checks);
    }

    public Flag alias(String... names) {
        return new Flag(name, letter, List.of(names), kind, help, fallback, checks);
    }

    public Flag fallback(String value) {
        return new Flag(name, letter, aliases, kind, help, value, checks);
    }

    public Flag checked(Check check) {
        return new Flag(name, letter, aliases, kind, help, fallback, List.of(check));
    }

    boolean hasLetter() {
        return letter != NONE;
    }

    boolean isCalled(String longName) {
        return name.equals(longName) || aliases.contains(longName);
    }

    /// As messages name it: `-t, --timeout`.
    String shown() {
        return (hasLetter() ? "-" + letter + ", " : "") + "--" + name;
    }
}
