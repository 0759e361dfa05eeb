package dev.coracle.layers;

import dev.coracle.layers.TarEntry.Extent;
import java.util.ArrayList;
import java.util.List;

/// The data map of a sparse file, in the four ways GNU tar has written it over the years.
final class SparseMap {
    /// As many as a map of a mebibyte can hold; more is an attack on memory.
    static final int MOST_EXTENTS = 1 << 16;

    private SparseMap() {}

    /// Four offset and length pairs from an old GNU header, or 21 from its extension block.
    static void addOld(List<Extent> map, byte[] block, int from, int pairs) throws TarException {
        for (var pair = 0; pair < pairs; pair++) {
            var at = from + 24 * pair;
            if (block[at] == 0) {
                return;
            }
            add(
                    map,
                    TarNumbers.field(block, at, 12, "offset of a sparse map"),
                    TarNumbers.field(block, at + 12, 12, "length in a sparse map"));
        }
    }

    private static void add(List<Extent> map, long offset, long length) throws TarException {
        if (map.size() == MOST_EXTENTS) {
            throw new TarException("a sparse map has more than " + MOST_EXTENTS + " entries");
        }
        map.add(new Extent(offset, length));
    }

    /// The map of format 0.1: all numbers in one record, separated by commas.
    static List<Extent> ofCommas(String text) throws TarException {
        var map = new ArrayList<Extent>();
        var words = text.isEmpty() ? new String[0] : text.split(",", -1);
        if (words.length % 2 != 0) {
            throw new TarException("a sparse map has an offset without a length");
        }
        for (var i = 0; i < words.length; i += 2) {
            add(
                    map,
                    TarNumbers.decimal(words[i], "offset of a sparse map"),
                    TarNumbers.decimal(words[i + 1], "length in a sparse map"));
        }
        return map;
    }

    /// Checks that the runs follow each other, lie in the file and are exactly what the archive
    /// holds.
    static List<Extent> checked(List<Extent> map, long size, long stored) throws TarException {
        var end = 0L;
        var total = 0L;
        for (var extent : map) {
            var fits = extent.offset() >= end
                    && extent.length() >= 0
                    && extent.length() <= size
                    && extent.offset() <= size - extent.length();
            if (!fits) {
                throw new TarException("a sparse map is not in order or leaves a file of " + size + " bytes");
            }
            end = extent.offset() + extent.length();
            total += extent.length();
        }
        if (total != stored) {
            throw new TarException(
                    "a sparse map describes " + total + " bytes of data where the archive has " + stored);
        }
        return List.copyOf(map);
    }
}
