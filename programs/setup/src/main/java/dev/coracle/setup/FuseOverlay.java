package dev.coracle.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Makes fuse-overlayfs the snapshotter that commands use, or takes that back: one line of `nerdctl.toml`.
final class FuseOverlay {
    private static final String LINE = "snapshotter = \"fuse-overlayfs\"";
    private static final Pattern KEY = Pattern.compile("\\s*\"?snapshotter\"?\\s*=.*");

    private final Ground ground;
    private final Messages messages;

    FuseOverlay(Ground ground, Messages messages) {
        this.ground = ground;
        this.messages = messages;
    }

    void install() throws SetupException, IOException {
        if (ground.program("fuse-overlayfs").isEmpty()) {
            throw new SetupException(
                    "fuse-overlayfs needs to be present under $PATH", "install the package fuse-overlayfs");
        }
        write(true);
        messages.info("Set the snapshotter to fuse-overlayfs in " + file());
        messages.info("Images that were pulled before are unpacked again when they are first used.");
    }

    void uninstall() throws IOException {
        if (Files.exists(file())) {
            write(false);
        }
        messages.info("The snapshotter is the usual one again; images stay in " + ground.dataFolder());
    }

    private Path file() {
        return folder().resolve("nerdctl.toml");
    }

    private Path folder() {
        return ground.configFolder().resolve("nerdctl");
    }

    /// The keys above the first table are the file's own; the line belongs among them.
    private void write(boolean wanted) throws IOException {
        var file = file();
        var lines = new ArrayList<String>();
        if (wanted) {
            lines.add(LINE);
        }
        var inTable = false;
        for (var line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            inTable |= line.strip().startsWith("[");
            if (inTable || !KEY.matcher(line).matches()) {
                lines.add(line);
            }
        }
        Files.createDirectories(folder());
        var half = Files.write(folder().resolve(".nerdctl.toml.new"), lines);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
