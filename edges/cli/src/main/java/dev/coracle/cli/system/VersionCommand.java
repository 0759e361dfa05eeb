package dev.coracle.cli.system;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Inspection;
import dev.coracle.gotemplate.GoStruct;
import java.util.List;

/// `version`.
public final class VersionCommand {
    private VersionCommand() {}

    public static Command command() {
        return Command.of("version", "", "Show the versions of client and engine")
                .flags(Flag.text("format", "json, or a Go template").letter('f'))
                .does(VersionCommand::run);
    }

    private static int run(Session session, Line line) {
        var version = session.host().version();
        var java = System.getProperty("java.version", "unknown");
        var arch = architecture();
        if (!line.text("format").isEmpty()) {
            session.out().line(Inspection.one(line.text("format"), struct(version, java, arch)));
            return 0;
        }
        session.out().print("""
            Client:
             Version:\t%1$s
             OS/Arch:\tlinux/%2$s
             Java version:\t%3$s

            Server:
             coracle:
              Version:\t%1$s
              OS/Arch:\tlinux/%2$s
            """.formatted(version, arch, java));
        return 0;
    }

    private static String architecture() {
        return switch (InfoCommand.architecture()) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case String other -> other;
        };
    }

    private static GoStruct struct(String version, String java, String arch) {
        return GoStruct.of("system.VersionInfo")
                .put(
                        "Client",
                        GoStruct.of("system.ClientVersion")
                                .put("Version", version)
                                .put("GitCommit", "")
                                .put("GoVersion", "")
                                .put("JavaVersion", java)
                                .put("Os", "linux")
                                .put("Arch", arch)
                                .build())
                .put(
                        "Server",
                        GoStruct.of("system.ServerVersion")
                                .put(
                                        "Components",
                                        List.of(GoStruct.of("system.ComponentVersion")
                                                .put("Name", "coracle")
                                                .put("Version", version)
                                                .build()))
                                .put("Version", version)
                                .put("Os", "linux")
                                .put("Arch", arch)
                                .build())
                .build();
    }
}
