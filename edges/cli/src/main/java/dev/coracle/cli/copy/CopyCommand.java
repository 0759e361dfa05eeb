package dev.coracle.cli.copy;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.PathStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// `cp`: files between the caller and a container, with docker's rules about what exists already.
public final class CopyCommand {
    private CopyCommand() {}

    public static Command command() {
        return Command.of(
                        "cp",
                        "CONTAINER:SRC_PATH DEST_PATH|- or SRC_PATH|- CONTAINER:DEST_PATH",
                        "Copy files between a container and the caller's directories")
                .flags(
                        Flag.bool("archive", "Keep owners").letter('a'),
                        Flag.bool("follow-link", "Follow a symbolic link in the source")
                                .letter('L'),
                        Flag.bool("quiet", "Without effect").letter('q'))
                .takes(Arity.exactly(2))
                .does(CopyCommand::run);
    }

    private record Place(String container, String path) {}

    /// `container:path`; a path that begins with `/` or `.` is never a container.
    private static Optional<Place> place(String text) {
        var colon = text.indexOf(':');
        return colon <= 0 || text.startsWith("/") || text.startsWith(".")
                ? Optional.empty()
                : Optional.of(new Place(text.substring(0, colon), text.substring(colon + 1)));
    }

    private static int run(Session session, Line line) throws IOException, InterruptedException {
        var from = place(line.argument(0));
        var to = place(line.argument(1));
        if (from.isPresent() && to.isPresent()) {
            throw UsageFailure.of("copying between containers is not supported");
        }
        if (from.isPresent()) {
            fromContainer(session, line, from.get(), line.argument(1));
        } else if (to.isPresent()) {
            toContainer(session, line, line.argument(0), to.get());
        } else {
            throw UsageFailure.of("must specify at least one container source");
        }
        return 0;
    }

    private static void fromContainer(Session session, Line line, Place from, String to)
            throws IOException, InterruptedException {
        var containers = session.engine().containers();
        if (to.equals("-")) {
            containers.copyFrom(
                    from.container(),
                    from.path(),
                    line.is("follow-link"),
                    session.out().bytes());
            return;
        }
        var stat = containers.stat(from.container(), from.path());
        var target = target(session, to, from.path(), stat);
        Pipe.run(
                archive -> containers.copyFrom(from.container(), from.path(), line.is("follow-link"), archive),
                archive -> new TarReader(archive, target.root(), stat.name(), target.name()).unpack());
    }

    /// Where it goes on the caller's side.
    ///
    /// @param name empty: the root itself
    private record Target(Path root, String name) {}

    private static Target target(Session session, String to, String source, PathStat stat) throws IOException {
        var path = session.path(to);
        if (Files.isDirectory(path)) {
            return new Target(path, stat.directory() && endsInDot(source) ? "" : stat.name());
        }
        if (Files.exists(path) && stat.directory()) {
            throw UsageFailure.of("cannot copy a directory to file " + path);
        }
        if (to.endsWith("/") && !stat.directory()) {
            throw UsageFailure.of("cannot copy to " + to + ": no such directory");
        }
        var parent = path.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw UsageFailure.of("invalid output path: directory \"" + parent + "\" does not exist");
        }
        return new Target(parent, String.valueOf(path.getFileName()));
    }

    private static boolean endsInDot(String path) {
        return path.equals(".") || path.endsWith("/.");
    }

    private static void toContainer(Session session, Line line, String from, Place to)
            throws IOException, InterruptedException {
        var containers = session.engine().containers();
        if (from.equals("-")) {
            containers.copyTo(to.container(), to.path(), session.terminal().in(), line.is("archive"));
            return;
        }
        var source = session.path(from);
        if (!Files.exists(source)) {
            throw UsageFailure.of("lstat " + source + ": no such file or directory");
        }
        var directory = Files.isDirectory(source);
        var place = inContainer(session, to, source, directory, from);
        Pipe.run(
                archive -> new TarWriter(archive, line.is("archive"))
                        .write(source, place.name(), line.is("follow-link") || endsInDot(from)),
                archive -> containers.copyTo(to.container(), place.directory(), archive, line.is("archive")));
    }

    /// @param name of the first entry, relative to the directory
    private record Inside(String directory, String name) {}

    private static Inside inContainer(Session session, Place to, Path source, boolean directory, String from) {
        var path = to.path().isEmpty() ? "/" : to.path();
        var name = String.valueOf(source.getFileName());
        try {
            var there = session.engine().containers().stat(to.container(), path);
            if (isDirectory(session, to.container(), path, there)) {
                return new Inside(path, endsInDot(from) ? "." : name);
            }
            if (directory) {
                throw UsageFailure.of("cannot copy a directory to file " + path);
            }
        } catch (NotFound missing) {
            session.engine().containers().get(to.container());
            if (path.endsWith("/") && !directory) {
                throw missing;
            }
        }
        var clean = path.replaceFirst("/+$", "");
        var slash = clean.lastIndexOf('/');
        return new Inside(slash <= 0 ? "/" : clean.substring(0, slash), clean.substring(slash + 1));
    }

    private static boolean isDirectory(Session session, String container, String path, PathStat stat) {
        if (stat.directory() || stat.linkTarget().isEmpty()) {
            return stat.directory();
        }
        try {
            return session.engine().containers().stat(container, path + "/.").directory();
        } catch (dev.coracle.base.EngineException notOne) {
            return false;
        }
    }
}
