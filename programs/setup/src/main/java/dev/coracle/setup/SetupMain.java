package dev.coracle.setup;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Self;
import dev.coracle.processes.Spawner;
import dev.coracle.setup.Ground.Account;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/// The program `containerd-rootless-setuptool.sh`, and `coracle doctor`.
public final class SetupMain {
    private SetupMain() {}

    public static void main(String[] words) throws InterruptedException {
        var messages = new Messages(System.out, System.err, Boolean.getBoolean("coracle.terminal"));
        System.exit(run(List.of(words), messages));
    }

    private static int run(List<String> words, Messages messages) throws InterruptedException {
        try {
            return carryOut(Invocation.parse(words), messages);
        } catch (UsageException wrong) {
            messages.error(String.valueOf(wrong.getMessage()));
            return 1;
        } catch (SetupException failure) {
            messages.error(String.valueOf(failure.getMessage()));
            failure.hints().forEach(hint -> messages.info("hint: " + hint));
            return 1;
        } catch (IOException failure) {
            messages.error(String.valueOf(failure.getMessage()));
            return 1;
        }
    }

    private static int carryOut(Invocation invocation, Messages messages)
            throws SetupException, IOException, InterruptedException {
        var ground = ground();
        if (invocation instanceof Invocation.Nsenter(var command)) {
            throw new Nsenter(ground).enter(command);
        }
        try (var spawner = Spawner.open()) {
            var tree = Path.of(System.getProperty("coracle.home", "/"));
            var tools = new Tools(spawner, ground, tree);
            var checkup = new Checkup(Checkup.probes(spawner, new RealTrials(spawner, tree, ground)), ground);
            switch (invocation) {
                case Invocation.Help _ -> Help.TEXT.lines().forEach(messages::plain);
                case Invocation.Check(var json) -> {
                    var report = json ? checkup.look() : checkup.tell(messages);
                    if (json) {
                        messages.plain(report.json(ground));
                    }
                    return report.isSatisfied() ? 0 : 1;
                }
                case Invocation.Install(var force) -> {
                    refuseStrangers(ground);
                    if (!checkup.tell(messages).isSatisfied() && !force) {
                        throw new SetupException("Not installed", "install --force installs all the same");
                    }
                    new Installation(ground, tools, messages).install(force);
                }
                case Invocation.Uninstall uninstall -> uninstall(uninstall, ground, tools, messages);
                case Invocation.AddOn(var _, var install) -> {
                    refuseStrangers(ground);
                    var fuse = new FuseOverlay(ground, messages);
                    if (install) {
                        fuse.install();
                    } else {
                        fuse.uninstall();
                    }
                }
                case Invocation.NotServed(var command, var why) -> throw new SetupException(command + ": " + why);
                case Invocation.Nsenter _ -> throw new IllegalStateException("entered above");
            }
            return 0;
        }
    }

    private static void uninstall(Invocation.Uninstall wanted, Ground ground, Tools tools, Messages messages)
            throws SetupException, IOException, InterruptedException {
        refuseStrangers(ground);
        var purge = new Purge(ground, tools, messages);
        if (wanted.dryRun()) {
            messages.info("The engine would be stopped and its unit removed"
                    + (wanted.purge() ? ", and these folders with it:" : "."));
            if (wanted.purge()) {
                purge.list();
            }
            return;
        }
        var answers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (wanted.purge() && !wanted.force() && !purge.ask(answers)) {
            throw new SetupException("Nothing was removed", "--force answers yes");
        }
        new Installation(ground, tools, messages).uninstall();
        if (wanted.purge()) {
            purge.remove();
        } else {
            messages.info("This uninstallation tool does NOT remove containerd binaries and data.");
            messages.info("To remove data, run: `containerd-rootless-setuptool.sh uninstall --purge`");
        }
    }

    private static void refuseStrangers(Ground ground) throws SetupException {
        if (ground.account().uid() == 0) {
            throw new SetupException(
                    "Refusing to install rootless containerd as the root user", "log in as an ordinary account");
        }
        var home = ground.variable("HOME").orElseThrow(() -> new SetupException("HOME needs to be set"));
        if (!Files.isWritable(Path.of(home))) {
            throw new SetupException("HOME needs to be writable: " + home);
        }
        var runtime = ground.variable("XDG_RUNTIME_DIR").orElse("");
        if (runtime.isEmpty() || !Files.isWritable(Path.of(runtime))) {
            throw new SetupException(
                    "Aborting because XDG_RUNTIME_DIR (\"" + runtime
                            + "\") is not set, does not exist, or is not writable",
                    "this happens with `su` and `sudo`: log in by ssh, or by `machinectl shell "
                            + ground.account().name() + "@`",
                    "without a login session, run `sudo loginctl enable-linger "
                            + ground.account().name() + "` first");
        }
    }

    private static Ground ground() throws ErrnoException {
        var environment = new TreeMap<>(System.getenv());
        environment.remove("CORACLE_CALLER_LC_ALL");
        return new Ground(
                Path.of("/"), new Account(System.getProperty("user.name", ""), Self.uid(), Self.gid()), environment);
    }
}
