package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Table;
import java.util.ArrayList;
import java.util.List;

/// `top`: the processes of a container, as `ps` shows them.
public final class TopCommand {
    private static final List<String> USUAL = List.of("-ef");

    private TopCommand() {}

    public static Command command() {
        return Command.of("top", "CONTAINER [ps OPTIONS]", "Display the running processes of a container")
                .takes(Arity.atLeast(1))
                .stopsAtArgument()
                .does(TopCommand::run);
    }

    private static int run(Session session, Line line) {
        var arguments = line.argumentsFrom(1);
        var top = session.engine().containers().top(line.argument(0), arguments.isEmpty() ? USUAL : arguments);
        var lines = new ArrayList<String>();
        lines.add(String.join("\t", top.titles()));
        top.processes().forEach(process -> lines.add(String.join("\t", process)));
        session.out().print(Table.of(lines));
        return 0;
    }
}
