package dev.coracle.cli.images;

import dev.coracle.base.Reference;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.registry.Access;
import java.util.List;

/// `pull`.
public final class PullCommand {
    private PullCommand() {}

    public static Command command() {
        return Command.of("pull", "NAME[:TAG|@DIGEST]", "Download an image from a registry")
                .flags(
                        Flag.bool("quiet", "Only show the image's name").letter('q'),
                        Flag.list("platform", "Platforms of the image: os/arch[/variant]"),
                        Flag.bool("all-platforms", "Bring the image for all platforms"),
                        Flag.text("unpack", "Whether to unpack: true, false or auto")
                                .fallback("auto"),
                        Flag.bool("disable-content-trust", "Accepted, and without effect"))
                .flags(ForeignFlags.PULL.flags())
                .takes(Arity.exactly(1))
                .does(PullCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        refuse(line);
        var options = session.engine().images().pullOptions(Access.of(session));
        var unpack = !line.text("unpack").equals("false");
        var platforms = Pulls.platforms(session, line.texts("platform"));
        if (line.is("all-platforms")) {
            options = Pulls.with(options, List.of(), false);
        } else if (!platforms.isEmpty() || !unpack) {
            var wanted = platforms.isEmpty() ? options.platforms() : platforms;
            options = Pulls.with(options, wanted, unpack);
        }
        var reference = Pulls.reference(line.argument(0));
        useDefaultTag(session, line);
        Pulls.pull(session, reference, options, line.is("quiet"), session.out());
        session.out().line(reference.toString());
        return 0;
    }

    private static void useDefaultTag(Session session, Line line) {
        var typed = Reference.parse(line.argument(0));
        if (!line.is("quiet") && typed.tag().isEmpty() && typed.digest().isEmpty()) {
            session.out().line("Using default tag: latest");
        }
    }

    private static void refuse(Line line) {
        ForeignFlags.PULL.check(line);
        if (!List.of("true", "false", "auto").contains(line.text("unpack"))) {
            throw UsageFailure.of("--unpack: \"" + line.text("unpack") + "\" is not true, false or auto");
        }
    }
}
