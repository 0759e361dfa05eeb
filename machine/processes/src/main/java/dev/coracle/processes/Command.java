package dev.coracle.processes;

import dev.coracle.linux.Fd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A program to run: an absolute path, exact arguments, an explicit environment and the descriptors it gets.
///
/// What `fds` does not name of 0 to 2 is chosen by how the command is started: [Spawner#run] closes standard input and
/// keeps what is written, [Spawner#start] likewise. The descriptors stay the caller's to close.
///
/// @param arguments without the program's own name
/// @param secrets arguments that are struck out of messages
public record Command(
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        Path directory,
        SortedMap<Integer, Fd> fds,
        Set<String> secrets,
        Fate fate) {

    /// Whether the process goes when we go.
    public enum Fate {
        /// Killed when this process ends, however it ends.
        DIES_WITH_US,
        /// Ends by its own doing or by [Running#close].
        ENDS_ITSELF,
        /// Leaves our session and terminal and lives on.
        OUTLIVES_US
    }

    private static final Map<String, String> SMALL_ENVIRONMENT =
            Map.of("LC_ALL", "C.UTF-8", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    public Command {
        if (!program.isAbsolute()) {
            throw new IllegalArgumentException("a program is named by its absolute path: " + program);
        }
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        fds = new TreeMap<>(fds);
        secrets = Set.copyOf(secrets);
    }

    /// A command with a small environment, in `/`, with no descriptors of its own.
    public static Command of(Path program, List<String> arguments) {
        return new Command(
                program, arguments, SMALL_ENVIRONMENT, Path.of("/"), new TreeMap<>(), Set.of(), Fate.ENDS_ITSELF);
    }

    public static Command of(Path program, String... arguments) {
        return of(program, List.of(arguments));
    }

    public Command environment(Map<String, String> all) {
        return new Command(program, arguments, all, directory, fds, secrets, fate);
    }

    /// Adds one variable.
    public Command with(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return environment(more);
    }

    public Command in(Path other) {
        return new Command(program, arguments, environment, other, fds, secrets, fate);
    }

    /// Gives the child a descriptor under a number.
    public Command with(int number, Fd fd) {
        var more = new TreeMap<>(fds);
        more.put(number, fd);
        return new Command(program, arguments, environment, directory, more, secrets, fate);
    }

    public Command hiding(String secret) {
        var more = new java.util.HashSet<>(secrets);
        more.add(secret);
        return new Command(program, arguments, environment, directory, fds, more, fate);
    }

    public Command fate(Fate other) {
        return new Command(program, arguments, environment, directory, fds, secrets, other);
    }

    /// The program and its arguments as messages show them.
    public List<String> words() {
        var words = new ArrayList<String>();
        words.add(program.toString());
        for (var argument : arguments) {
            words.add(secrets.stream().reduce(argument, (text, secret) -> text.replace(secret, "***")));
        }
        return List.copyOf(words);
    }
}
