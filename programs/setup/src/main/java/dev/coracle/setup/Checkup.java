package dev.coracle.setup;

import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Asks every probe and tells what they found.
final class Checkup {
    private final List<Probe> probes;
    private final Ground ground;

    Checkup(List<Probe> probes, Ground ground) {
        this.probes = List.copyOf(probes);
        this.ground = ground;
    }

    /// All of them, in the order in which a person wants to read them.
    static List<Probe> probes(Spawner spawner, Trials trials) {
        return List.of(
                new SessionProbe(),
                new SubIdsProbe(spawner),
                new MapProgramsProbe(),
                new NamespacesProbe(),
                new KernelProbe(),
                new StorageProbe(),
                new ProgramsProbe(),
                TrialProbe.namespaces(trials),
                new CgroupProbe(),
                TrialProbe.overlay(trials),
                new LimitsProbe());
    }

    /// Looks without a word.
    Report look() throws IOException, InterruptedException {
        var findings = new ArrayList<Finding>();
        for (var probe : probes) {
            findings.addAll(look(probe));
        }
        return new Report(findings);
    }

    /// Looks and tells at once, the block to paste at the end.
    Report tell(Messages messages) throws IOException, InterruptedException {
        var findings = new ArrayList<Finding>();
        for (var probe : probes) {
            messages.info("Checking " + probe.title());
            for (var finding : look(probe)) {
                tell(finding, messages);
                findings.add(finding);
            }
        }
        var report = new Report(findings);
        var block = report.block(ground);
        if (!block.isEmpty()) {
            messages.info(
                    "Paste this to mend what was found, or as much of it as you want; it asks for the password of sudo:");
            block.forEach(messages::plain);
        }
        if (report.isSatisfied()) {
            messages.info(
                    switch ((int) report.warnings()) {
                        case 0 -> "Requirements are satisfied";
                        case 1 -> "Requirements are satisfied, with 1 warning";
                        default -> "Requirements are satisfied, with " + report.warnings() + " warnings";
                    });
        } else {
            messages.error("Requirements are not satisfied: no container would run");
        }
        return report;
    }

    /// A probe that fails has found something as well.
    private List<Finding> look(Probe probe) throws InterruptedException {
        try {
            return probe.look(ground);
        } catch (IOException failure) {
            return List.of(
                    new Finding.Warning("check", "check " + probe.title() + ": " + failure.getMessage(), Remedy.NONE));
        }
    }

    private static void tell(Finding finding, Messages messages) {
        switch (finding) {
            case Finding.Fine _ -> {}
            case Finding.Notice _ -> messages.info("Note: " + finding.text());
            case Finding.Warning _ -> messages.warning(finding.text());
            case Finding.Obstacle _ -> messages.error(finding.text());
        }
        if (!finding.remedy().hint().isEmpty()) {
            messages.info("hint: " + finding.remedy().hint());
        }
    }
}
