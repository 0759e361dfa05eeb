package dev.coracle.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The map of rooms as kept in `rooms.txt`, and the compiled classes it speaks of.
final class Rooms {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.coracle");

    /// One line of the map.
    record Room(String folder, Set<String> uses) {
        String name() {
            return folder.substring(folder.indexOf('/') + 1);
        }

        String packageName() {
            return "dev.coracle." + name().replace('-', '.');
        }

        String artifact() {
            return "coracle-" + name();
        }

        Path in(Path root) {
            return root.resolve(folder);
        }
    }

    private Rooms() {}

    static JavaClasses classes() {
        return CLASSES;
    }

    static List<Room> map() {
        try (var lines = Files.lines(root().resolve("tests/architecture/src/test/resources/rooms.txt"))) {
            var rooms = new ArrayList<Room>();
            lines.filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
                var words = List.of(line.strip().split("\\s+"));
                rooms.add(new Room(words.getFirst(), Set.copyOf(words.subList(1, words.size()))));
            });
            return rooms;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The room that a class belongs to: the one with the longest package that holds it.
    static Optional<Room> of(String className) {
        return map().stream()
                .filter(room -> className.startsWith(room.packageName() + "."))
                .max(Comparator.comparingInt(room -> room.packageName().length()));
    }

    /// The top of the source tree: tests run in their module's folder.
    static Path root() {
        return Path.of("").toAbsolutePath().resolve("../..").normalize();
    }
}
