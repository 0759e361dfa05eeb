package dev.coracle.cli.view;

import java.util.ArrayList;
import java.util.List;

/// Columns of text as docker's tables: each as wide as its widest cell and three blanks, ten at
/// least; the last one as it is.
public final class Table {
    private static final int NARROWEST = 10;
    private static final int GAP = 3;

    private Table() {}

    /// Lays out lines whose cells are separated by tabs.
    public static String of(List<String> lines) {
        var rows = lines.stream().map(line -> line.split("\t", -1)).toList();
        var widths = new ArrayList<Integer>();
        for (var row : rows) {
            for (var i = 0; i < row.length - 1; i++) {
                if (widths.size() <= i) {
                    widths.add(NARROWEST);
                }
                widths.set(i, Math.max(widths.get(i), width(row[i]) + GAP));
            }
        }
        var out = new StringBuilder();
        for (var row : rows) {
            for (var i = 0; i < row.length - 1; i++) {
                out.append(row[i]).append(" ".repeat(widths.get(i) - width(row[i])));
            }
            out.append(row[row.length - 1]).append('\n');
        }
        return out.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
