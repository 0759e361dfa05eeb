package dev.coracle.daemon;

import dev.coracle.base.EngineException;
import dev.coracle.linux.Fd;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The program `containerd`: reads the command line and the environment, and is the only place
/// that prints and exits.
public final class Main {
    static final String NAME = "containerd";

    private Main() {}

    public static void main(String[] arguments) {
        // commands that run in here may reach registries through proxies that ask for a password
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        var environment = Environment.of(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                Optional.ofNullable(System.getProperty("coracle.home")).map(Path::of));
        var status = run(List.of(arguments), environment, System.in, System.out, System.err);
        System.exit(status);
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // the command line's boundary: everything is caught here
    static int run(List<String> arguments, Environment environment, InputStream in, PrintStream out, PrintStream err) {
        try {
            return carryOut(Invocation.parse(arguments), environment, in, out);
        } catch (UsageException e) {
            return complain(err, String.valueOf(e.getMessage()), Optional.of("see " + NAME + " --help"));
        } catch (ConfigException e) {
            return complain(err, String.valueOf(e.getMessage()), Optional.empty());
        } catch (StartException e) {
            return complain(err, String.valueOf(e.getMessage()), e.remedy());
        } catch (EngineException e) {
            return complain(err, e.message(), e.remedy());
        } catch (IOException e) {
            return complain(err, String.valueOf(e.getMessage()), Optional.empty());
        } catch (InterruptedException _) {
            return 130;
        }
    }

    private static int complain(PrintStream err, String message, Optional<String> remedy) {
        err.println(NAME + ": " + message);
        remedy.ifPresent(words -> err.println("hint: " + words));
        return 1;
    }

    private static int carryOut(Invocation invocation, Environment environment, InputStream in, PrintStream out)
            throws ConfigException, StartException, IOException, InterruptedException {
        switch (invocation) {
            case Invocation.Help(var text) -> out.print(text);
            case Invocation.Version() ->
                out.println(NAME + " " + Release.PROJECT + " " + Release.VERSION + " " + Release.REVISION);
            case Invocation.ConfigDefault() -> out.print(ConfigWriter.write(ConfigSchema.defaults()));
            case Invocation.ConfigDump(var file, var overrides) -> {
                var tree = load(file, environment);
                overrides.apply(tree);
                out.print(ConfigWriter.write(tree));
            }
            case Invocation.ConfigMigrate(var file) -> out.print(ConfigWriter.write(migrated(file, environment)));
            case Invocation.Publish publish -> Publishing.publish(publish, in);
            case Invocation.OciHook(var words) -> OciHook.become(words, environment.all(), in);
            case Invocation.Audit(var file, var overrides) -> {
                var tree = load(file, environment);
                overrides.apply(tree);
                var config = DaemonConfig.of(tree, environment.workingDirectory());
                var streams = List.of(Fd.adopt(0), Fd.adopt(1), Fd.adopt(2));
                return Auditing.ask(config.grpc().address(), environment.workingDirectory(), streams);
            }
            case Invocation.Serve(var file, var overrides) -> serve(file, overrides, environment);
        }
        return 0;
    }

    private static ConfigTree load(Invocation.ConfigFile file, Environment environment) throws ConfigException {
        var path = environment.workingDirectory().resolve(file.path());
        return file.given() || Files.exists(path)
                ? ConfigFiles.load(path, ConfigSchema.defaults())
                : ConfigSchema.defaults();
    }

    private static ConfigTree migrated(Invocation.ConfigFile file, Environment environment) throws ConfigException {
        var path = environment.workingDirectory().resolve(file.path());
        var tree = ConfigFiles.parse(path);
        ConfigMigration.migrate(tree, path);
        return tree;
    }

    private static void serve(Invocation.ConfigFile file, DaemonConfig.Overrides overrides, Environment environment)
            throws ConfigException, StartException, IOException, InterruptedException {
        var started = System.nanoTime();
        WarmUp.start();
        var tree = load(file, environment);
        overrides.apply(tree);
        var warnings = ConfigSchema.check(tree);
        var config = DaemonConfig.of(tree, environment.workingDirectory());
        LogSink.configure(config.level(), config.jsonLogs());
        var log = System.getLogger("dev.coracle.daemon");
        warnings.forEach(warning -> log.log(System.Logger.Level.WARNING, warning));
        log.log(
                System.Logger.Level.INFO,
                "starting " + NAME + " revision=" + Release.REVISION + " version=" + Release.VERSION);
        var daemon = Daemon.start(config, environment);
        var stop = new Thread(
                () -> {
                    daemon.close();
                    // A handled signal is a good end; the JVM would make 143 of it.
                    Runtime.getRuntime().halt(0);
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(stop);
        var seconds = (System.nanoTime() - started) / 1e9;
        log.log(
                System.Logger.Level.INFO,
                String.format(java.util.Locale.ROOT, NAME + " successfully booted in %fs", seconds));
        daemon.awaitEnd();
    }
}
