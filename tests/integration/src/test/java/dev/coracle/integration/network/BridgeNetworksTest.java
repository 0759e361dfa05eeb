package dev.coracle.integration.network;

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
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/// Runs the classes named `...Inside` in a user, mount and network namespace of their own, where
/// this account is root, and passes their results on one by one.
class BridgeNetworksTest {
    private static final long MINUTES = 5;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> contract() throws Exception {
        return inside(ContractInside.class);
    }

    @TestFactory
    Stream<DynamicTest> bridges() throws Exception {
        return inside(BridgeNetworksInside.class);
    }

    @TestFactory
    Stream<DynamicTest> ways_out() throws Exception {
        return inside(WaysOutInside.class);
    }

    private Stream<DynamicTest> inside(Class<?> tests) throws Exception {
        var log = folder.resolve("log");
        var process = new ProcessBuilder(command(tests))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + MINUTES + " minutes:\n" + Files.readString(log));
        }
        var results = results(folder.resolve("TEST-junit-jupiter.xml"));
        assertThat(results).as("%s", Files.readString(log)).isNotEmpty();
        return results.stream();
    }

    private List<String> command(Class<?> tests) throws IOException {
        var command = new ArrayList<>(
                List.of("/usr/bin/unshare", "--user", "--map-auto", "--map-root-user", "--mount", "--net"));
        // a JVM that starts where no address of IPv6 exists does without it for good
        command.addAll(List.of(
                "/bin/sh",
                "-c",
                "/usr/sbin/ip link set lo up && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--select-class=" + tests.getName(),
                "--reports-dir=" + folder,
                "--details=none",
                "--disable-banner"));
        return command;
    }

    /// Our own, and the rooms of the tree under test.
    private static String classPath() throws IOException {
        try (var jars = Files.list(Path.of(System.getProperty("coracle.tree"), "lib"))) {
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
                .map(test -> DynamicTest.dynamicTest(test.getAttribute("name"), () -> pass(test)))
                .toList();
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
