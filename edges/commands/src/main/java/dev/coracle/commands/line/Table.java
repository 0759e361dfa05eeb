package dev.coracle.commands.line;

import java.util.ArrayList;
import java.util.List;

/// Columns as Go's text/tabwriter aligns them: a tab ends a cell, and a column is as wide as its
/// widest cell among neighbouring rows that have it.
public final class Table {
    private final int least;
    private final int tab;
    private final int padding;
    private final char pad;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(int least, int tab, int padding, char pad) {
        this.least = least;
        this.tab = tab;
        this.padding = padding;
        this.pad = pad;
    }

    /// Columns one space apart.
    public static Table narrow() {
        return new Table(1, 8, 1, ' ');
    }

    /// Columns four spaces apart.
    public static Table wide() {
        return new Table(4, 8, 4, ' ');
    }

    /// Columns padded by tabs.
    public static Table tabbed() {
        return new Table(1, 8, 1, '\t');
    }

    /// One space at the end of each cell, in columns at least ten wide.
    public static Table roomy() {
        return new Table(10, 1, 3, ' ');
    }

    /// Adds a line of cells, each ended by a tab; what follows the last tab is not aligned.
    public Table line(String text) {
        rows.add(List.of(text.split("\t", -1)));
        return this;
    }

    /// Adds cells that are all ended by a tab.
    public Table row(Object... cells) {
        var line = new StringBuilder();
        for (var cell : cells) {
            line.append(cell).append('\t');
        }
        return line(line.toString());
    }

    /// The aligned text.
    public String text() {
        var out = new StringBuilder();
        for (var index = 0; index < rows.size(); index++) {
            var row = rows.get(index);
            for (var column = 0; column < row.size() - 1; column++) {
                cell(out, row.get(column), width(index, column));
            }
            out.append(row.getLast()).append('\n');
        }
        return out.toString();
    }

    private void cell(StringBuilder out, String text, int width) {
        var length = length(text);
        out.append(text);
        if (pad == '\t') {
            var whole = (width + tab - 1) / tab * tab;
            out.append("\t".repeat((whole - length + tab - 1) / tab));
        } else {
            out.append(" ".repeat(Math.max(0, width - length)));
        }
    }

    private int width(int index, int column) {
        var width = least;
        for (var i = index; i >= 0 && has(i, column); i--) {
            width = Math.max(width, length(rows.get(i).get(column)) + padding);
        }
        for (var i = index + 1; i < rows.size() && has(i, column); i++) {
            width = Math.max(width, length(rows.get(i).get(column)) + padding);
        }
        return width;
    }

    private boolean has(int index, int column) {
        return rows.get(index).size() - 1 > column;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
