package dev.coracle.cli.line;

import java.util.Optional;

/// How many arguments a command takes.
public record Arity(int least, int most) {
    public static final Arity NONE = new Arity(0, 0);
    public static final Arity ANY = new Arity(0, Integer.MAX_VALUE);

    public static Arity exactly(int count) {
        return new Arity(count, count);
    }

    public static Arity atLeast(int count) {
        return new Arity(count, Integer.MAX_VALUE);
    }

    public static Arity atMost(int count) {
        return new Arity(0, count);
    }

    /// What is wrong with so many, in docker's words.
    Optional<String> wrong(int count) {
        if (count >= least && count <= most) {
            return Optional.empty();
        }
        if (most == 0) {
            return Optional.of("accepts no arguments");
        }
        if (least == most) {
            return Optional.of("requires " + arguments(least));
        }
        if (count < least) {
            return Optional.of("requires at least " + arguments(least));
        }
        return Optional.of("requires at most " + arguments(most));
    }

    private static String arguments(int count) {
        return count + (count == 1 ? " argument" : " arguments");
    }
}
