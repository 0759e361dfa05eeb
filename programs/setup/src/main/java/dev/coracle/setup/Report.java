package dev.coracle.setup;

import dev.coracle.oci.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// All that the probes found.
record Report(List<Finding> findings) {
    Report {
        findings = List.copyOf(findings);
    }

    boolean isSatisfied() {
        return findings.stream().noneMatch(Finding.Obstacle.class::isInstance);
    }

    long warnings() {
        return findings.stream().filter(Finding.Warning.class::isInstance).count();
    }

    /// What root has to do, each line once and packages in one go; empty when there is nothing.
    List<String> rootCommands(Ground ground) {
        var packages = new LinkedHashSet<String>();
        var commands = new LinkedHashSet<List<String>>();
        for (var finding : findings) {
            packages.addAll(finding.remedy().packages());
            if (!finding.remedy().commands().isEmpty()) {
                commands.add(finding.remedy().commands());
            }
        }
        var lines = new ArrayList<>(install(ground, packages));
        commands.forEach(lines::addAll);
        // a file of settings is read once, behind the last line that is added to it
        var last = lines.lastIndexOf("sysctl --system");
        var result = new ArrayList<String>();
        for (var at = 0; at < lines.size(); at++) {
            if (at == last || !lines.get(at).equals("sysctl --system")) {
                result.add(lines.get(at));
            }
        }
        return result;
    }

    private static List<String> install(Ground ground, Set<String> packages) {
        if (packages.isEmpty()) {
            return List.of();
        }
        var system = String.join(" ", ground.lines("/etc/os-release"));
        if (system.contains("fedora") || system.contains("rhel") || system.contains("centos")) {
            return List.of("dnf install -y "
                    + String.join(" ", packages.stream().map(Report::fedoras).toList()));
        }
        return List.of("apt-get update", "apt-get install -y " + String.join(" ", packages));
    }

    private static String fedoras(String debianPackage) {
        return switch (debianPackage) {
            case "uidmap" -> "shadow-utils";
            case "dbus-user-session" -> "dbus-daemon";
            default -> debianPackage;
        };
    }

    /// The one block to paste.
    List<String> block(Ground ground) {
        var commands = rootCommands(ground);
        if (commands.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add("cat <<'EOF' | sudo sh -eux");
        lines.addAll(commands);
        lines.add("EOF");
        return lines;
    }

    String json(Ground ground) {
        var object = Json.object();
        object.put("satisfied", isSatisfied());
        var list = object.putArray("findings");
        for (var finding : findings) {
            var each = list.addObject();
            each.put("level", finding.level());
            each.put("subject", finding.subject());
            each.put("message", finding.text());
            if (!finding.remedy().hint().isEmpty()) {
                each.put("hint", finding.remedy().hint());
            }
            if (!finding.remedy().packages().isEmpty()) {
                var packages = each.putArray("packages");
                finding.remedy().packages().forEach(packages::add);
            }
            if (!finding.remedy().commands().isEmpty()) {
                var commands = each.putArray("root");
                finding.remedy().commands().forEach(commands::add);
            }
        }
        object.put("block", String.join("\n", block(ground)));
        return Json.pretty(object, "  ");
    }
}
