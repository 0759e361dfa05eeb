package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;

/// A JVM in namespaces of its own that runs tests and passes their results on one by one.
public final class NamespaceJvm {
    private static final long MINUTES = 5;

    private NamespaceJvm() {}

    /// @param enter what starts the JVM, whose words follow
    /// @param flags for the JVM
    /// @param select which tests, in words of JUnit's console
    /// @param folder for the reports, empty so far
    public static Stream<DynamicTest> results(List<String> enter, List<String> flags, List<String> select, Path folder)
            throws Exception {
        var log = folder.resolve("log");
        var process = new ProcessBuilder(command(enter, flags, select, folder))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + MINUTES + " minutes:\n" + Files.readString(log));
        }
        var report = folder.resolve("TEST-junit-jupiter.xml");
        assertThat(report).as("%s", Files.readString(log)).exists();
        var results = results(report);
        assertThat(results).as("%s", Files.readString(log)).isNotEmpty();
        return results.stream();
    }

    private static List<String> command(List<String> enter, List<String> flags, List<String> select, Path folder)
            throws IOException {
        var command = new ArrayList<>(enter);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath(), "org.junit.platform.console.ConsoleLauncher", "execute"));
        command.addAll(select);
        command.addAll(List.of("--reports-dir=" + folder, "--details=none", "--disable-banner"));
        return command;
    }

    /// Our own, and the rooms of the tree under test.
    private static String classPath() throws IOException {
        try (var jars = Files.list(Host.tree().resolve("lib"))) {
            var rooms =
                    jars.map(Path::toString).filter(jar -> jar.endsWith(".jar")).toList();
            return System.getProperty("java.class.path") + ":" + String.join(":", rooms);
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
        for (var outcome : List.of("failure", "error", "skipped")) {
            var found = test.getElementsByTagName(outcome);
            if (found.getLength() > 0) {
                throw new AssertionError(outcome + ": " + found.item(0).getTextContent());
            }
        }
    }
}
