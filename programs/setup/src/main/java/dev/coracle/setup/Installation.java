package dev.coracle.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Makes the engine start for this account: by systemd where there is a session of it, in the background otherwise.
/// Doing it twice changes nothing the second time.
final class Installation {
    private static final String RULE = "-".repeat(90);

    private final Ground ground;
    private final Tools tools;
    private final Messages messages;

    Installation(Ground ground, Tools tools, Messages messages) {
        this.ground = ground;
        this.tools = tools;
        this.messages = messages;
    }

    void install(boolean force) throws SetupException, IOException, InterruptedException {
        recordCaches();
        if (tools.hasSystemd()) {
            var changed = writeUnit(force);
            start(changed);
            linger();
            messages.info("Installed \"" + Unit.NAME + "\" successfully.");
            messages.info(
                    "To control \"" + Unit.NAME + "\", run: `systemctl --user (start|stop|restart) " + Unit.NAME + "`");
        } else {
            startWithoutSystemd();
        }
        messages.info(RULE);
        messages.info("Use `nerdctl` or `coracle` to connect to the rootless containerd.");
        messages.info("You do NOT need to specify $CONTAINERD_ADDRESS explicitly.");
        if (!ground.variable("PATH")
                .orElse("")
                .contains(tools.tree().resolve("bin").toString())) {
            messages.info("Add the programs to your PATH, in ~/.profile or ~/.bashrc:");
            messages.plain("export PATH=" + tools.tree().resolve("bin") + ":$PATH");
        }
    }

    /// The JVMs start in half the time with these; without them they start all the same.
    private void recordCaches() throws IOException, InterruptedException {
        var caches = tools.tree().resolve("lib/cache");
        var unwanted = ground.variable("CORACLE_NO_CACHE").isPresent();
        if (unwanted
                || Files.isDirectory(caches)
                || !Files.isWritable(tools.tree().resolve("lib"))) {
            return;
        }
        messages.info("Recording how the programs start, so that they start faster");
        if (!tools.ours("libexec/record-cache").isSuccess()) {
            messages.warning("that failed: they start slower");
        }
    }

    private Path unitFile() {
        return unitFolder().resolve(Unit.NAME);
    }

    private Path unitFolder() {
        return ground.configFolder().resolve("systemd/user");
    }

    /// @return whether the file is a new one
    private boolean writeUnit(boolean force) throws IOException, InterruptedException, SetupException {
        var unit = new Unit(
                tools.tree(),
                ground.variable("PATH").orElse("/usr/local/bin:/usr/bin:/bin"),
                Files.isDirectory(tools.tree().resolve("runtime")) ? Optional.empty() : ground.variable("JAVA_HOME"),
                ground.variable("CONTAINERD_ROOTLESS_ROOTLESSKIT_FLAGS"));
        var file = unitFile();
        var text = unit.text();
        if (Files.exists(file)) {
            var old = Files.readString(file);
            if (old.equals(text)) {
                messages.info("\"" + file + "\" is up to date");
                return false;
            }
            if (!old.startsWith(Unit.MARK) && !force) {
                messages.warning("File already exists, skipping: " + file);
                messages.info("hint: it was not written by this tool; install --force replaces it");
                return false;
            }
            messages.info("Updating \"" + file + "\"");
        } else {
            messages.info("Creating \"" + file + "\"");
        }
        Files.createDirectories(unitFolder());
        var half = Files.writeString(unitFolder().resolve("." + Unit.NAME + ".new"), text);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        require(tools.systemctl("daemon-reload").isSuccess(), "Failed to run `systemctl --user daemon-reload`");
        return true;
    }

    private void start(boolean changed) throws SetupException, IOException, InterruptedException {
        messages.info("Starting systemd unit \"" + Unit.NAME + "\"");
        var running = tools.systemctl("--quiet", "is-active", Unit.NAME).isSuccess();
        var started = running && changed ? tools.systemctl("restart", Unit.NAME) : tools.systemctl("start", Unit.NAME);
        if (!started.isSuccess()) {
            tools.journal(Unit.NAME).output().lines().forEach(messages::plain);
            throw new SetupException(
                    "Failed to start " + Unit.NAME + ". Run `journalctl -n 20 --no-pager --user --unit " + Unit.NAME
                            + "` to show the error log.",
                    "Before retrying installation, you might need to uninstall the current setup:"
                            + " `containerd-rootless-setuptool.sh uninstall --purge`");
        }
        require(tools.systemctl("--quiet", "enable", Unit.NAME).isSuccess(), "Failed to enable " + Unit.NAME);
    }

    /// Without it the engine ends at logout and does not start at boot. One's own account may often do it without root.
    private void linger() throws IOException, InterruptedException {
        var name = ground.account().name();
        if (ground.isThere("/var/lib/systemd/linger/" + name)) {
            return;
        }
        if (tools.loginctl("enable-linger").isSuccess() && ground.isThere("/var/lib/systemd/linger/" + name)) {
            messages.info("Enabled linger: \"" + Unit.NAME + "\" runs on system startup and stays when you log out.");
        } else {
            messages.warning("\"" + Unit.NAME + "\" will end when you log out.");
            messages.info("To run \"" + Unit.NAME
                    + "\" on system startup automatically, run: `sudo loginctl enable-linger " + name + "`");
        }
    }

    private void startWithoutSystemd() throws SetupException, IOException, InterruptedException {
        messages.info("There is no service manager (systemctl --user): starting the engine in the background");
        var started = tools.ours("libexec/engine", "start");
        started.errorTail().lines().forEach(messages::plain);
        require(started.isSuccess(), "Failed to start the engine");
        started.output().lines().forEach(messages::info);
        messages.info("To control it, run: `coracle (start|stop|status)`");
        messages.info("To run it on system startup automatically, add a line by `crontab -e`:");
        messages.plain("@reboot " + tools.tree().resolve("bin/coracle") + " start");
    }

    private static void require(boolean done, String message) throws SetupException {
        if (!done) {
            throw new SetupException(message);
        }
    }

    /// Ends the engine and makes it start no more.
    void uninstall() throws SetupException, IOException, InterruptedException {
        var file = unitFile();
        if (Files.exists(file) && tools.hasSystemd()) {
            tools.systemctl("stop", Unit.NAME);
            tools.systemctl("--quiet", "disable", Unit.NAME);
            Files.delete(file);
            tools.systemctl("daemon-reload");
            tools.systemctl("reset-failed", Unit.NAME);
            messages.info("Uninstalled \"" + Unit.NAME + "\"");
        } else if (Files.exists(file)) {
            Files.delete(file);
            messages.info("Uninstalled \"" + Unit.NAME + "\"");
        } else {
            messages.info("Unit " + Unit.NAME + " is not installed");
        }
        var stopped = tools.ours("libexec/engine", "stop");
        if (!stopped.isSuccess()) {
            stopped.errorTail().lines().forEach(messages::plain);
            throw new SetupException("Failed to stop the engine");
        }
    }
}
