package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Units;
import java.util.Set;

/// `container prune`.
public final class PruneCommand {
    private PruneCommand() {}

    public static Command command() {
        return Command.of("prune", "", "Remove all stopped containers")
                .flags(
                        Flag.bool("force", "Do not ask").letter('f'),
                        Filters.flag("Only containers of which this holds (until=, label=)"))
                .does(PruneCommand::run);
    }

    private static int run(Session session, Line line) {
        var filter = Filters.of(line, Set.of("until", "label", "label!")).prune(session.now());
        if (!session.confirm("This will remove all stopped containers.", line.is("force"))) {
            return 0;
        }
        var pruned = session.engine().containers().prune(filter);
        if (!pruned.ids().isEmpty()) {
            session.out().line("Deleted Containers:");
            session.lines(pruned.ids());
            session.out().line("");
        }
        session.out().line("Total reclaimed space: " + Units.size(pruned.bytes()));
        return 0;
    }
}
