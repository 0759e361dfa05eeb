package dev.coracle.mounts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The data of an overlay mount made shorter: the kernel takes a page, and the absolute paths of
/// a hundred layers are more than that. Relative to the directory they have in common they fit.
record OverlayOptions(Path directory, String data) {
    private static final List<String> PATHS = List.of("lowerdir=", "upperdir=", "workdir=");

    /// Relative data and the directory to mount from; empty when the paths have nothing in common
    /// or are escaped, which is not ours to take apart.
    static Optional<OverlayOptions> compact(List<String> options) {
        var paths = new ArrayList<Path>();
        for (var option : options) {
            for (var key : PATHS) {
                if (option.startsWith(key)) {
                    words(option, key).forEach(word -> paths.add(Path.of(word)));
                }
            }
        }
        if (paths.isEmpty()
                || paths.stream()
                        .anyMatch(path -> !path.isAbsolute() || path.toString().contains("\\"))) {
            return Optional.empty();
        }
        var common = paths.getFirst().getParent();
        while (common != null && !allBeneath(paths, common)) {
            common = common.getParent();
        }
        return common == null || common.getNameCount() == 0
                ? Optional.empty()
                : Optional.of(new OverlayOptions(common, data(options, common)));
    }

    private static boolean allBeneath(List<Path> paths, Path directory) {
        return paths.stream().allMatch(path -> path.startsWith(directory) && !path.equals(directory));
    }

    private static String data(List<String> options, Path directory) {
        return String.join(
                ",", options.stream().map(option -> relative(option, directory)).toList());
    }

    private static String relative(String option, Path directory) {
        for (var key : PATHS) {
            if (option.startsWith(key)) {
                return key
                        + String.join(
                                ":",
                                words(option, key).stream()
                                        .map(word -> directory
                                                .relativize(Path.of(word))
                                                .toString())
                                        .toList());
            }
        }
        return option;
    }

    private static List<String> words(String option, String key) {
        var value = option.substring(key.length());
        return key.equals("lowerdir=") ? Arrays.asList(value.split(":", -1)) : List.of(value);
    }
}
