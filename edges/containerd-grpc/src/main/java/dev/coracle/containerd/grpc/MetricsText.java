package dev.coracle.containerd.grpc;

import java.util.Locale;

/// Figures in Prometheus' text format.
final class MetricsText {
    private final StringBuilder text = new StringBuilder();

    void counter(String name, String help) {
        head(name, help, "counter");
    }

    void gauge(String name, String help) {
        head(name, help, "gauge");
    }

    void histogram(String name, String help) {
        head(name, help, "histogram");
    }

    private void head(String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /// @param labels as they stand between the braces, perhaps none
    void value(String name, String labels, long value) {
        line(name, labels, Long.toString(value));
    }

    void value(String name, String labels, double value) {
        line(name, labels, String.format(Locale.ROOT, "%.9g", value));
    }

    private void line(String name, String labels, String value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }

    /// A label's value, with what would end it escaped.
    static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
