package dev.coracle.setup;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Removes what the engine has kept. Much of it belongs to sub-ids, so it is removed from inside a user namespace.
final class Purge {
    private final Ground ground;
    private final Tools tools;
    private final Messages messages;

    Purge(Ground ground, Tools tools, Messages messages) {
        this.ground = ground;
        this.tools = tools;
        this.messages = messages;
    }

    /// What there is to remove. Configuration is the user's own and stays.
    List<Path> folders() {
        return Stream.of(
                        ground.dataFolder(),
                        ground.folder("XDG_STATE_HOME", ".local/state").resolve("coracle"),
                        ground.runtimeFolder().resolve("containerd"),
                        ground.runtimeFolder().resolve("containerd-rootless"))
                .filter(Files::isDirectory)
                .toList();
    }

    void list() {
        folders().forEach(folder -> messages.plain("    " + folder));
    }

    /// @return whether the person agrees
    boolean ask(BufferedReader answers) throws IOException {
        if (folders().isEmpty()) {
            return true;
        }
        messages.warning(
                "All images, containers and volumes of " + ground.account().name() + " are removed with:");
        list();
        messages.info("Remove them? [y/N]");
        var answer = answers.readLine();
        return answer != null && answer.strip().matches("(?i)y|yes");
    }

    void remove() throws SetupException, IOException, InterruptedException {
        for (var folder : folders()) {
            var ended = tools.ours("bin/rootlesskit", "rm", "-rf", "--", folder.toString());
            if (!ended.isSuccess()) {
                throw new SetupException(
                        "Failed to remove " + folder + ": " + ended.errorTail().strip(),
                        "a container may still run: end it, or log out, and try again");
            }
            messages.info("Removed " + folder);
        }
    }
}
