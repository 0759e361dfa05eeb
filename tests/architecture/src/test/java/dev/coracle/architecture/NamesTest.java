package dev.coracle.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Names that say nothing, and packages that forgot their promise about null.
class NamesTest {
    private static final Pattern EMPTY_WORDS =
            Pattern.compile(".*(Impl|Manager|Helper|Util|Utils)|Abstract.*|I[A-Z][a-z]+.*able");
    private static final Pattern EMPTY_ROOMS =
            Pattern.compile(".*\\.(util|utils|common|helper|helpers|misc|impl|manager)(\\..*)?");

    @Test
    void no_class_has_a_name_without_a_noun() {
        var found = new TreeSet<String>();
        Rooms.classes().stream()
                .filter(type -> !type.getPackageName().startsWith("dev.coracle.containerd.api"))
                .filter(type -> EMPTY_WORDS.matcher(type.getSimpleName()).matches())
                .forEach(type -> found.add(type.getName()));
        assertThat(found).as("a class is named after what it is").isEmpty();
    }

    @Test
    void no_package_is_a_drawer_for_the_rest() {
        var found = new TreeSet<String>();
        Rooms.classes().stream()
                .map(type -> type.getPackageName())
                .filter(name -> EMPTY_ROOMS.matcher(name).matches())
                .forEach(found::add);
        assertThat(found).as("a package is named after its subject").isEmpty();
    }

    @Test
    void every_package_tells_its_story_and_is_null_marked() throws IOException {
        var found = new TreeSet<String>();
        for (var room : Rooms.map()) {
            var sources = room.in(Rooms.root()).resolve("src/main/java");
            if (!Files.isDirectory(sources)) {
                continue;
            }
            try (Stream<Path> folders = Files.walk(sources)) {
                for (var folder : folders.filter(NamesTest::holdsClasses).toList()) {
                    var info = folder.resolve("package-info.java");
                    if (!Files.exists(info)
                            || !Files.readString(info).contains("@NullMarked")
                            || !Files.readString(info).startsWith("///")) {
                        found.add(folder.toString());
                    }
                }
            }
        }
        assertThat(found)
                .as("packages without a package-info that tells what lives there and marks it @NullMarked")
                .isEmpty();
    }

    private static boolean holdsClasses(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        } catch (IOException | java.io.UncheckedIOException _) {
            return false;
        }
    }
}
