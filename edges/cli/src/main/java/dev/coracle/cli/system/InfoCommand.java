package dev.coracle.cli.system;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.system.Info;
import dev.coracle.gotemplate.GoStruct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `info`.
public final class InfoCommand {
    private InfoCommand() {}

    public static Command command() {
        return Command.of("info", "", "Show what the engine is and has")
                .flags(
                        Flag.text("format", "json, or a Go template").letter('f'),
                        Flag.text("mode", "Whose language: dockercompat").fallback("dockercompat"))
                .does(InfoCommand::run);
    }

    private static int run(Session session, Line line) {
        dev.coracle.cli.containers.InspectCommand.requireMode(line, "dockercompat");
        var info = session.engine().system().info();
        var images = session.engine().images().list().size();
        if (!line.text("format").isEmpty()) {
            session.out().line(Inspection.one(line.text("format"), struct(info, images)));
            return 0;
        }
        session.out().print(text(session, info, images));
        info.warnings().forEach(session::warn);
        return 0;
    }

    private static String text(Session session, Info info, int images) {
        return """
            Client:
             Namespace:\t%s
             Debug Mode:\t%s

            Server:
             Containers: %d
              Running: %d
              Paused: %d
              Stopped: %d
             Images: %d
             Server Version: %s
             Storage Driver: %s
             Logging Driver: json-file
             Cgroup Driver: %s
             Cgroup Version: 2
             Cgroup Controllers: %s
             Plugins:
              Log: json-file local none
              Network: bridge host none
             Runtimes: %s
             Security Options:
            %s Kernel Version:   %s
             Operating System: %s
             OSType:           linux
             Architecture:     %s
             CPUs:             %d
             Total Memory:     %s
             Name:             %s
             ID:               %s
             Docker Root Dir:  %s
            """.formatted(
                        session.engine().namespace(),
                        session.settings().debug(),
                        info.containers(),
                        info.running(),
                        info.paused(),
                        info.stopped(),
                        images,
                        info.version(),
                        info.snapshotter(),
                        info.cgroupDriver(),
                        String.join(" ", info.controllers()),
                        String.join(" ", info.runtimes()),
                        String.join(
                                "",
                                info.securityOptions().stream()
                                        .map(option -> "  " + option + "\n")
                                        .toList()),
                        info.machine().kernel(),
                        info.machine().system(),
                        architecture(),
                        info.machine().processors(),
                        Units.memory(info.machine().memory()),
                        info.name(),
                        info.id(),
                        info.root());
    }

    static String architecture() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86_64";
            case String other -> other;
        };
    }

    private static GoStruct struct(Info info, int images) {
        return GoStruct.of("system.Info")
                .put("ID", info.id())
                .put("Containers", info.containers())
                .put("ContainersRunning", info.running())
                .put("ContainersPaused", info.paused())
                .put("ContainersStopped", info.stopped())
                .put("Images", images)
                .put("Driver", info.snapshotter())
                .put(
                        "Plugins",
                        new TreeMap<>(Map.of(
                                "Log", List.of("json-file", "local", "none"),
                                "Network", List.of("bridge", "host", "none"),
                                "Volume", List.of("local"))))
                .put("MemoryLimit", info.controllers().contains("memory"))
                .put("SwapLimit", info.controllers().contains("memory"))
                .put("CPUCfsQuota", "CpuCfsQuota", info.controllers().contains("cpu"))
                .put("CPUShares", info.controllers().contains("cpu"))
                .put("CPUSet", info.controllers().contains("cpuset"))
                .put("PidsLimit", info.controllers().contains("pids"))
                .put("LoggingDriver", "json-file")
                .put("CgroupDriver", info.cgroupDriver())
                .put("CgroupVersion", "2")
                .put("KernelVersion", info.machine().kernel())
                .put("OperatingSystem", info.machine().system())
                .put("OSType", "linux")
                .put("Architecture", architecture())
                .put("NCPU", info.machine().processors())
                .put("MemTotal", info.machine().memory())
                .put("DockerRootDir", info.root())
                .put("Name", info.name())
                .put("ServerVersion", info.version())
                .put("Runtimes", info.runtimes())
                .put("SecurityOptions", info.securityOptions())
                .put("Warnings", info.warnings())
                .build();
    }
}
