package dev.coracle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What was measured several times.
final class Figures {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /// Median, and the least and the most in brackets.
    @Override
    public String toString() {
        if (values.isEmpty()) {
            return "";
        }
        var sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%s (%s to %s)",
                rounded(sorted.get(sorted.size() / 2)),
                rounded(sorted.getFirst()),
                rounded(sorted.getLast()));
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.2f" : value < 10 ? "%.1f" : "%.0f", value);
    }
}
