package dev.coracle.cli;

import dev.coracle.cli.containers.AttachCommand;
import dev.coracle.cli.containers.CommitCommand;
import dev.coracle.cli.containers.CreateCommand;
import dev.coracle.cli.containers.DiffCommand;
import dev.coracle.cli.containers.ExecCommand;
import dev.coracle.cli.containers.ExportCommand;
import dev.coracle.cli.containers.HealthCommand;
import dev.coracle.cli.containers.InspectCommand;
import dev.coracle.cli.containers.KillCommand;
import dev.coracle.cli.containers.LogsCommand;
import dev.coracle.cli.containers.PauseCommand;
import dev.coracle.cli.containers.PortCommand;
import dev.coracle.cli.containers.PruneCommand;
import dev.coracle.cli.containers.PsCommand;
import dev.coracle.cli.containers.RemoveCommand;
import dev.coracle.cli.containers.RenameCommand;
import dev.coracle.cli.containers.RunCommand;
import dev.coracle.cli.containers.StartCommand;
import dev.coracle.cli.containers.StatsCommand;
import dev.coracle.cli.containers.StopCommand;
import dev.coracle.cli.containers.TopCommand;
import dev.coracle.cli.containers.UpdateCommand;
import dev.coracle.cli.containers.WaitCommand;
import dev.coracle.cli.copy.CopyCommand;
import dev.coracle.cli.images.ArchiveCommands;
import dev.coracle.cli.images.HistoryCommand;
import dev.coracle.cli.images.ImageCommands;
import dev.coracle.cli.images.ImagesCommand;
import dev.coracle.cli.images.PullCommand;
import dev.coracle.cli.images.PushCommand;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Completion;
import dev.coracle.cli.line.Tree;
import dev.coracle.cli.line.Tree.Group;
import dev.coracle.cli.networks.NetworkCommands;
import dev.coracle.cli.registry.LoginCommands;
import dev.coracle.cli.system.DoctorCommand;
import dev.coracle.cli.system.EventsCommand;
import dev.coracle.cli.system.InfoCommand;
import dev.coracle.cli.system.NamespaceCommands;
import dev.coracle.cli.system.SystemCommands;
import dev.coracle.cli.system.VersionCommand;
import dev.coracle.cli.volumes.VolumeCommands;
import java.util.List;
import java.util.stream.Stream;

/// All commands there are.
final class Commands {
    private Commands() {}

    static Tree tree() {
        var commands = Stream.of(
                        containers(), images(), List.of(InspectCommand.command()), registries(), system(), completion())
                .flatMap(List::stream)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
        return new Tree(groups(), commands, Settings.flags());
    }

    private static List<Command> containers() {
        return List.of(
                RunCommand.command(),
                CreateCommand.command(),
                ExecCommand.command(),
                PsCommand.command(),
                LogsCommand.command(),
                AttachCommand.command(),
                StartCommand.command(),
                StopCommand.command(),
                StopCommand.restart(),
                KillCommand.command(),
                RemoveCommand.command(),
                PortCommand.command(),
                CopyCommand.command(),
                WaitCommand.command(),
                TopCommand.command(),
                StatsCommand.command(),
                RenameCommand.command(),
                PauseCommand.command(),
                PauseCommand.unpause(),
                UpdateCommand.command(),
                DiffCommand.command(),
                ExportCommand.command(),
                CommitCommand.command());
    }

    private static List<Command> images() {
        return List.of(
                ImagesCommand.command(),
                PullCommand.command(),
                PushCommand.command(),
                ImageCommands.tag(),
                ImageCommands.remove(),
                ArchiveCommands.load(),
                ArchiveCommands.save(),
                ArchiveCommands.importTree(),
                HistoryCommand.command());
    }

    private static List<Command> registries() {
        return List.of(LoginCommands.login(), LoginCommands.logout());
    }

    private static List<Command> system() {
        return List.of(
                InfoCommand.command(), VersionCommand.command(), EventsCommand.command(), DoctorCommand.command());
    }

    private static List<Command> completion() {
        return List.of(
                Command.of(Completion.COMMAND, "WORD...", "")
                        .takes(Arity.ANY)
                        .stopsAtArgument()
                        .does((session, line) -> {
                            session.lines(
                                    Completion.candidates(tree(), line.arguments(), new CompletionNames(session)));
                            return 0;
                        }),
                Command.of("completion", "SHELL", "Print the completion script of a shell: bash, zsh or fish")
                        .takes(Arity.exactly(1))
                        .does((session, line) -> {
                            session.out()
                                    .print(Completion.script(
                                            line.argument(0),
                                            session.invocation().program()));
                            return 0;
                        }));
    }

    private static List<Group> groups() {
        return List.of(
                new Group("container", List.of(), "Manage containers", containerGroup()),
                new Group("image", List.of(), "Manage images", imageGroup()),
                new Group("namespace", List.of("ns"), "Manage namespaces", NamespaceCommands.all()),
                new Group("network", List.of(), "Manage networks", NetworkCommands.all()),
                new Group("system", List.of(), "Manage the engine", systemGroup()),
                new Group("volume", List.of(), "Manage volumes", VolumeCommands.all()));
    }

    private static List<Command> containerGroup() {
        var own = List.of(
                PsCommand.command().named("ls", "list", "ps"),
                InspectCommand.container(),
                PruneCommand.command(),
                HealthCommand.command());
        var others = containers().stream().filter(command -> !command.name().equals("ps"));
        return sorted(Stream.concat(own.stream(), others));
    }

    private static List<Command> imageGroup() {
        var own = List.of(
                ImagesCommand.command().named("ls", "list"),
                ImageCommands.remove().named("rm", "remove"),
                ImageCommands.inspect(),
                ImageCommands.prune());
        var others =
                images().stream().filter(command -> !List.of("images", "rmi").contains(command.name()));
        return sorted(Stream.concat(own.stream(), others));
    }

    private static List<Command> systemGroup() {
        return List.of(SystemCommands.df(), EventsCommand.command(), InfoCommand.command(), SystemCommands.prune());
    }

    private static List<Command> sorted(Stream<Command> commands) {
        return commands.sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }
}
