package dev.coracle.integration.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tests that are known not to pass, from a file of lines `TestName FAIL|SKIP reason`.
record KnownFailures(Map<String, String> verdicts) {
    KnownFailures {
        verdicts = Map.copyOf(verdicts);
    }

    static KnownFailures read(Path file) throws IOException {
        var verdicts = new TreeMap<String, String>();
        for (var line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var words = line.split("\\s+", 3);
            if (words.length < 3 || !List.of("FAIL", "SKIP").contains(words[1])) {
                throw new IOException(file + ": not a test, FAIL or SKIP, and a reason: " + line);
            }
            verdicts.put(words[0], words[1]);
        }
        return new KnownFailures(verdicts);
    }

    /// Every test that came to something else than the list says.
    ///
    /// @param whole whether every test of the list must have been run
    List<String> differences(Map<String, String> found, boolean whole) {
        var differences = new ArrayList<String>();
        new TreeMap<>(found).forEach((test, verdict) -> {
            var wanted = verdicts.getOrDefault(test, "PASS");
            if (!wanted.equals(verdict)) {
                differences.add(test + ": " + verdict + ", expected " + wanted);
            }
        });
        if (whole) {
            new TreeMap<>(verdicts).forEach((test, wanted) -> {
                if (!found.containsKey(test)) {
                    differences.add(test + ": not run, expected " + wanted);
                }
            });
        }
        return differences;
    }
}
