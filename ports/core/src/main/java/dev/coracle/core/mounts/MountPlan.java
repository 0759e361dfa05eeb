package dev.coracle.core.mounts;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What has to be done to mounts before a client can make the rest of them by itself. A type may begin with words of
/// what its mount needs first:
///
/// | word | what is done |
/// |---|---|
/// | `format/` | words in source, target and options that name mounts before it are filled in |
/// | `mkdir/` | directories of options `X-containerd.mkdir.path=PATH[:MODE[:UID:GID]]` are made |
///
/// The words are `{{ mount 0 }}`, `{{ source 0 }}`, `{{ target 0 }}` and `{{ overlay 0 2 }}`.
/// Two more need a loop device, which is root's to attach, and are refused with this reason:
/// `mkfs/`, a file system made in a file, and the type `loop`, a file as a device. Any other type
/// is the client's.
///
/// @param first how many mounts have to be made here; the client makes those after them
public record MountPlan(List<Mount> mounts, int first) {
    private static final String FORMAT = "format/";
    private static final String MKDIR = "mkdir/";
    private static final String MKFS = "mkfs/";
    private static final String LOOP = "loop";
    private static final String MKDIR_OPTION = "X-containerd.mkdir.";
    private static final int DEFAULT_PERMISSIONS = 0700;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{-?\\s*(.*?)\\s*-?}}");
    private static final Pattern CALL =
            Pattern.compile("(mount|source|target)\\s+(\\d{1,4})|overlay\\s+(\\d{1,4})\\s+(\\d{1,4})");

    public MountPlan {
        mounts = List.copyOf(mounts);
    }

    /// @param temporary whether all are to be made here
    /// @throws NotImplemented when there is nothing to do
    /// @throws FailedPrecondition when a mount needs a loop device
    public static MountPlan of(List<Mount> mounts, boolean temporary) {
        var first = -1;
        for (var at = 0; at < mounts.size(); at++) {
            var type = mounts.get(at).type();
            if (bare(type).startsWith(MKFS) || bare(type).equals(LOOP)) {
                throw new FailedPrecondition("mount of type \"" + type + "\" needs a loop device, which only root in"
                        + " the first user namespace can attach");
            }
            if (!bare(type).equals(type)) {
                first = at;
            }
        }
        if (temporary && !mounts.isEmpty()) {
            first = mounts.size();
        }
        if (first < 0) {
            throw new NotImplemented("no mount needs a handler");
        }
        return new MountPlan(mounts, first);
    }

    /// A type without the words before it that are known.
    private static String bare(String type) {
        var rest = type;
        while (rest.startsWith(FORMAT) || rest.startsWith(MKDIR)) {
            rest = rest.substring(rest.indexOf('/') + 1);
        }
        return rest;
    }

    /// The mount at an index with all done that its type asks for.
    ///
    /// @param active those before it that were made here
    public Mount prepared(int index, List<ActiveMount> active, MountPlaces places) {
        var mount = mounts.get(index);
        while (!bare(mount.type()).equals(mount.type())) {
            var rest = mount.type().substring(mount.type().indexOf('/') + 1);
            mount = mount.type().startsWith(FORMAT)
                    ? formatted(mount, rest, active)
                    : withDirectories(mount, rest, places);
        }
        return mount;
    }

    private static Mount formatted(Mount mount, String type, List<ActiveMount> active) {
        return new Mount(
                type,
                formatted(mount.source(), active),
                formatted(mount.target(), active),
                mount.options().stream()
                        .map(option -> formatted(option, active))
                        .toList());
    }

    private static String formatted(String text, List<ActiveMount> active) {
        var out = new StringBuilder();
        var placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            placeholders.appendReplacement(
                    out, java.util.regex.Matcher.quoteReplacement(value(placeholders.group(1), active)));
        }
        return placeholders.appendTail(out).toString();
    }

    private static String value(String call, List<ActiveMount> active) {
        var words = CALL.matcher(call);
        if (!words.matches()) {
            throw new InvalidArgument("format of a mount: \"" + call + "\" is not known");
        }
        IntFunction<String> place = at -> at(active, at).place().toString();
        if (words.group(1) == null) {
            var start = Integer.parseInt(words.group(3));
            var end = Integer.parseInt(words.group(4));
            var step = start <= end ? 1 : -1;
            return IntStream.rangeClosed(0, Math.abs(end - start))
                    .mapToObj(at -> place.apply(start + at * step))
                    .collect(Collectors.joining(":"));
        }
        var at = Integer.parseInt(words.group(2));
        return switch (words.group(1)) {
            case "source" -> at(active, at).mount().source();
            case "target" -> at(active, at).mount().target();
            default -> place.apply(at);
        };
    }

    private static ActiveMount at(List<ActiveMount> active, int index) {
        if (index >= active.size()) {
            throw new InvalidArgument(
                    "format of a mount: there is no mount " + index + ", only " + active.size() + " before it");
        }
        return active.get(index);
    }

    private static Mount withDirectories(Mount mount, String type, MountPlaces places) {
        var options = new ArrayList<String>();
        for (var option : mount.options()) {
            if (option.startsWith(MKDIR_OPTION)) {
                makeDirectory(option, places);
            } else {
                options.add(option);
            }
        }
        return new Mount(type, mount.source(), mount.target(), options);
    }

    private static void makeDirectory(String option, MountPlaces places) {
        var value = option.substring(MKDIR_OPTION.length());
        if (!value.startsWith("path=")) {
            throw new InvalidArgument("mount option \"" + option + "\" has no path");
        }
        var parts = value.substring("path=".length()).split(":", -1);
        if (parts.length == 4) {
            throw new NotImplemented("mount option \"" + option + "\": a directory of another owner");
        }
        if (parts.length > 2) {
            throw new InvalidArgument("mount option \"" + option + "\" is not PATH[:MODE[:UID:GID]]");
        }
        places.makeDirectory(
                java.nio.file.Path.of(parts[0]),
                parts.length == 1 ? DEFAULT_PERMISSIONS : permissions(option, parts[1]));
    }

    private static int permissions(String option, String octal) {
        if (!octal.matches("0*[0-7]{1,3}")) {
            throw new InvalidArgument("mount option \"" + option + "\": \"" + octal + "\" are no permissions");
        }
        return Integer.parseInt(octal, 8);
    }
}
