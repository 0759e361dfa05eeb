package dev.coracle.snapshots.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// What the kernel says about itself and about the user namespace we are in.
public final class Kernel {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
    /// The initial user namespace maps every id to itself.
    private static final Pattern ALL_IDS = Pattern.compile("\\s*0\\s+0\\s+4294967295\\s*");

    private Kernel() {}

    public static String release() {
        return read("/proc/sys/kernel/osrelease").strip();
    }

    public static boolean isAtLeast(int major, int minor) {
        var version = VERSION.matcher(release());
        if (!version.matches()) {
            return true;
        }
        var foundMajor = Integer.parseInt(version.group(1));
        return foundMajor > major || (foundMajor == major && Integer.parseInt(version.group(2)) >= minor);
    }

    public static boolean isInUserNamespace() {
        return !ALL_IDS.matcher(read("/proc/self/uid_map")).matches();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }
}
