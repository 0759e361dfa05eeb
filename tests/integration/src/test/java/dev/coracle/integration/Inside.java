package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;

/// Tests of rooms, which run where those do in a daemon: in a process inside namespaces, in which this account is root.
public final class Inside {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private Inside() {}

    /// Runs a class of tests in a user and mount namespace of its own and passes its results on one by one.
    public static Stream<DynamicTest> mounts(Class<?> tests) throws Exception {
        return run(List.of("--user", "--map-auto", "--map-root-user", "--mount"), List.of(), select(tests));
    }

    /// The same with a network namespace, in which only the loopback is up.
    public static Stream<DynamicTest> networks(Class<?> tests) throws Exception {
        // a JVM that starts where no address of IPv6 exists does without it for good
        return run(
                List.of(
                        "--user",
                        "--map-auto",
                        "--map-root-user",
                        "--mount",
                        "--net",
                        "sh",
                        "-c",
                        "ip link set lo up && exec \"$0\" \"$@\""),
                List.of(),
                select(tests));
    }

    private static List<String> select(Class<?> tests) {
        return List.of("--select-class=" + tests.getName());
    }

    /// Runs tests in other namespaces and passes their results on one by one.
    ///
    /// @param namespaces the words of `unshare`, and perhaps of a program that starts the JVM, whose words follow
    /// @param flags for the JVM
    /// @param select which tests, in words of JUnit's console
    public static Stream<DynamicTest> run(List<String> namespaces, List<String> flags, List<String> select)
            throws Exception {
        var folder = Files.createTempDirectory("coracle-inside-");
        var log = folder.resolve("log");
        var report = folder.resolve("TEST-junit-jupiter.xml");
        var words = new ArrayList<>(namespaces);
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED"));
        words.addAll(flags);
        words.addAll(List.of(
                "-cp",
                // our own, and the rooms of the tree under test
                System.getProperty("java.class.path") + ":" + Host.tree().resolve("lib/*"),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--reports-dir=" + folder,
                "--details=none",
                "--disable-banner"));
        words.addAll(select);
        try {
            var process = Run.of(Host.debians("unshare"))
                    .and(words.toArray(String[]::new))
                    .start(log);
            if (!Run.ends(process, LONGEST)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + LONGEST + ":\n" + Files.readString(log));
            }
            assertThat(report).as("%s", Files.readString(log)).exists();
            var results = results(report);
            assertThat(results).as("%s", Files.readString(log)).isNotEmpty();
            return results.stream();
        } finally {
            Files.deleteIfExists(report);
            Files.deleteIfExists(log);
            Files.deleteIfExists(folder);
        }
    }

    private static List<DynamicTest> results(Path report) throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
        var cases = document.getElementsByTagName("testcase");
        return IntStream.range(0, cases.getLength())
                .mapToObj(cases::item)
                .map(Element.class::cast)
                .map(test -> DynamicTest.dynamicTest(name(test), () -> pass(test)))
                .toList();
    }

    private static String name(Element test) {
        var type = test.getAttribute("classname");
        return type.substring(type.lastIndexOf('.') + 1) + " " + test.getAttribute("name");
    }

    private static void pass(Element test) {
        for (var outcome : List.of("failure", "error")) {
            var found = test.getElementsByTagName(outcome);
            if (found.getLength() > 0) {
                throw new AssertionError(outcome + ": " + found.item(0).getTextContent());
            }
        }
        var skipped = test.getElementsByTagName("skipped");
        if (skipped.getLength() > 0) {
            abort(skipped.item(0).getTextContent().lines().findFirst().orElse("skipped"));
        }
    }
}
