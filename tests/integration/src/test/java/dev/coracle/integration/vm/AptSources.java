package dev.coracle.integration.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/// Where this host takes its distribution from: other releases of it come from the same place.
record AptSources(List<Archive> archives) {
    private static final Pattern ONE_LINE =
            Pattern.compile("deb\\s+(?:\\[(?<options>[^\\]]*)\\]\\s+)?(?<uri>\\S+)\\s+(?<suite>\\S+)\\s+main\\b.*");

    /// An archive and the options that go with it.
    record Archive(String options, String uri, String suite) {
        String forSuite(String other) {
            return "deb " + (options.isBlank() ? "" : "[" + options + "] ") + uri + " " + other + " main";
        }
    }

    static AptSources ofHost() throws IOException {
        var files = new ArrayList<Path>();
        for (var place : List.of("/etc/apt/sources.list", "/etc/apt/sources.list.d")) {
            var path = Path.of(place);
            if (Files.isDirectory(path)) {
                try (var list = Files.list(path)) {
                    list.sorted().forEach(files::add);
                }
            } else if (Files.exists(path)) {
                files.add(path);
            }
        }
        var archives = new ArrayList<Archive>();
        for (var file : files) {
            var text = Files.readString(file);
            archives.addAll(file.toString().endsWith(".sources") ? stanzas(text) : lines(text));
        }
        return new AptSources(archives);
    }

    /// The lines for another release; none where this host's sources do not say, then mmdebstrap takes its own.
    List<String> forSuite(String suite) throws IOException {
        var own = Files.readString(Path.of("/etc/os-release"))
                .lines()
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElse("stable");
        var lines = new LinkedHashSet<String>();
        archives.stream()
                .filter(archive -> archive.suite().equals(own))
                .forEach(archive -> lines.add(archive.forSuite(suite)));
        return List.copyOf(lines);
    }

    static List<Archive> lines(String text) {
        return text.lines()
                .map(line -> ONE_LINE.matcher(line.strip()))
                .filter(matcher -> matcher.matches())
                .map(matcher -> new Archive(
                        matcher.group("options") == null ? "" : matcher.group("options"),
                        matcher.group("uri"),
                        matcher.group("suite")))
                .toList();
    }

    static List<Archive> stanzas(String text) {
        var archives = new ArrayList<Archive>();
        for (var stanza : text.split("\n\\s*\n")) {
            if (!List.of(field(stanza, "Types").split("\\s+")).contains("deb")) {
                continue;
            }
            var key = field(stanza, "Signed-By");
            for (var uri : field(stanza, "URIs").split("\\s+")) {
                for (var suite : field(stanza, "Suites").split("\\s+")) {
                    archives.add(new Archive(key.startsWith("/") ? "signed-by=" + key : "", uri, suite));
                }
            }
        }
        return archives;
    }

    private static String field(String stanza, String name) {
        return stanza.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
