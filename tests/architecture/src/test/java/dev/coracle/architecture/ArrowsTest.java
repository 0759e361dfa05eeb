package dev.coracle.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import dev.coracle.architecture.Rooms.Room;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/// Arrows point downwards only. The map is a file; code and POMs are held against it.
class ArrowsTest {
    private static final List<String> FLOORS =
            List.of("words", "machine", "ports", "drivers", "engine", "edges", "programs", "tests");

    @Test
    void every_room_uses_only_the_rooms_the_map_grants_it() {
        var found = new TreeSet<String>();
        for (var type : Rooms.classes()) {
            var from = Rooms.of(type.getName());
            if (from.isEmpty()) {
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                Rooms.of(dependency.getTargetClass().getBaseComponentType().getName())
                        .filter(to -> !to.equals(from.get()))
                        .filter(to -> !from.get().uses().contains(to.name()))
                        .ifPresent(to -> found.add(from.get().name() + " -> " + to.name() + ", by " + type.getName()));
            }
        }
        assertThat(found)
                .as("arrows that tests/architecture/src/test/resources/rooms.txt does not grant")
                .isEmpty();
    }

    @Test
    void the_classes_of_the_rooms_were_found() {
        var found = new TreeSet<String>();
        Rooms.classes().forEach(type -> Rooms.of(type.getName()).ifPresent(room -> found.add(room.name())));
        assertThat(found)
                .as("rooms with classes; without them no other rule here means anything")
                .contains("base", "core");
    }

    @Test
    void every_arrow_points_downwards() {
        var rooms = Rooms.map();
        for (var room : rooms) {
            for (var name : room.uses()) {
                var used = rooms.stream().filter(r -> r.name().equals(name)).findFirst();
                assertThat(used).as(room.name() + " uses " + name).isPresent();
                assertThat(floor(used.get())).as(room.name() + " uses " + name).isLessThanOrEqualTo(floor(room));
            }
        }
    }

    @Test
    void drivers_do_not_know_each_other() {
        var drivers = Rooms.map().stream()
                .filter(room -> room.folder().startsWith("drivers/"))
                .toList();
        var names = drivers.stream().map(Room::name).toList();
        for (var driver : drivers) {
            assertThat(driver.uses()).as(driver.name()).doesNotContainAnyElementsOf(names);
        }
    }

    @Test
    void the_map_has_no_cycle() {
        var left = new TreeMap<String, Set<String>>();
        Rooms.map().forEach(room -> left.put(room.name(), new HashSet<>(room.uses())));
        while (!left.isEmpty()) {
            var free = left.entrySet().stream()
                    .filter(entry -> entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(free).as("rooms in a cycle: " + left.keySet()).isNotEmpty();
            free.forEach(left::remove);
            left.values().forEach(uses -> uses.removeAll(free));
        }
    }

    @Test
    void every_module_is_on_the_map_and_its_pom_names_no_other_room() throws Exception {
        var rooms = Rooms.map();
        assertThat(modules())
                .containsExactlyInAnyOrderElementsOf(
                        rooms.stream().map(Room::folder).toList());
        for (var room : rooms) {
            if (room.folder().startsWith("tests/")) {
                continue;
            }
            assertThat(room.uses())
                    .as("rooms in the POM of " + room.folder() + " that the map does not grant")
                    .containsAll(compileRooms(room));
        }
    }

    private static int floor(Room room) {
        return FLOORS.indexOf(room.folder().substring(0, room.folder().indexOf('/')));
    }

    private static List<String> modules() throws Exception {
        return texts(Rooms.root().resolve("pom.xml").toFile(), "module").toList();
    }

    private static List<String> compileRooms(Room room) throws Exception {
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(room.in(Rooms.root()).resolve("pom.xml").toFile());
        var dependencies = document.getElementsByTagName("dependency");
        return Stream.iterate(0, i -> i + 1)
                .limit(dependencies.getLength())
                .map(i -> (Element) dependencies.item(i))
                .filter(e -> text(e, "groupId").equals("dev.coracle"))
                .filter(e -> !text(e, "scope").equals("test"))
                .map(e -> text(e, "artifactId").substring("coracle-".length()))
                .toList();
    }

    private static Stream<String> texts(java.io.File pom, String tag) throws Exception {
        assertThat(Files.exists(pom.toPath())).isTrue();
        var nodes = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom)
                .getElementsByTagName(tag);
        return Stream.iterate(0, i -> i + 1)
                .limit(nodes.getLength())
                .map(i -> nodes.item(i).getTextContent().strip());
    }

    private static String text(Element element, String tag) {
        var nodes = element.getElementsByTagName(tag);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().strip();
    }
}
