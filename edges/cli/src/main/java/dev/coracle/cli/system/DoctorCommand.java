package dev.coracle.cli.system;

import dev.coracle.cli.Checks.Finding;
import dev.coracle.cli.Checks.Verdict;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.gotemplate.GoJson;
import dev.coracle.gotemplate.GoStruct;
import java.util.List;
import java.util.Locale;

/// `doctor`: what this machine lacks, and one block to paste.
public final class DoctorCommand {
    private DoctorCommand() {}

    public static Command command() {
        return Command.of("doctor", "", "Look for everything that would keep containers from running")
                .flags(Flag.bool("json", "Show the findings as JSON"))
                .does(DoctorCommand::run);
    }

    private static int run(Session session, Line line) {
        var findings = session.host().checks().run();
        if (line.is("json")) {
            session.out()
                    .line(GoJson.pretty(
                            findings.stream().map(DoctorCommand::struct).toList(), "    "));
        } else {
            findings.forEach(finding ->
                    session.out().line(mark(finding.verdict()) + " " + finding.subject() + ": " + finding.detail()));
            block(session, "As root, type:", findings, true);
            block(session, "Type:", findings, false);
        }
        return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.BAD) ? 1 : 0;
    }

    private static String mark(Verdict verdict) {
        return switch (verdict) {
            case GOOD -> "[ok]  ";
            case WARNING -> "[warn]";
            case BAD -> "[bad] ";
        };
    }

    private static void block(Session session, String heading, List<Finding> findings, boolean root) {
        var lines = findings.stream()
                .filter(finding -> finding.root() == root && finding.verdict() != Verdict.GOOD)
                .flatMap(finding -> finding.remedy().stream())
                .distinct()
                .toList();
        if (!lines.isEmpty()) {
            session.out().line("\n" + heading + "\n");
            lines.forEach(text -> session.out().line("    " + text));
        }
    }

    private static GoStruct struct(Finding finding) {
        return GoStruct.of("doctor.Finding")
                .put("Subject", "subject", finding.subject())
                .put("Verdict", "verdict", finding.verdict().name().toLowerCase(Locale.ROOT))
                .put("Detail", "detail", finding.detail())
                .put("Root", "root", finding.root())
                .put("Remedy", "remedy", finding.remedy())
                .build();
    }
}
