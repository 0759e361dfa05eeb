package dev.coracle.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What only some rooms may touch. Each test's description is the reason.
class RightsTest {
    @Test
    void only_linux_calls_the_kernel() {
        onlyIn(
                Set.of("linux"),
                name -> name.startsWith("java.lang.foreign."),
                "one room knows layouts, errno and which thread may do what");
    }

    @Test
    void only_processes_starts_processes() {
        onlyIn(
                Set.of("processes"),
                name -> name.equals("java.lang.ProcessBuilder") || name.equals("java.lang.ProcessHandle"),
                "a child that is not spawned there is drained, waited for and ended by nobody");
    }

    @Test
    void only_the_registry_speaks_http_to_the_world() {
        onlyIn(
                Set.of("registry"),
                name -> name.startsWith("java.net.http.") || name.equals("java.net.HttpURLConnection"),
                "time-outs, proxies, redirects and credentials are decided in one place");
    }

    @Test
    void only_the_edges_and_the_drivers_of_other_programs_know_grpc_and_protobuf() {
        onlyIn(
                Set.of("containerd-api", "containerd-grpc", "shim", "proxy", "commands", "daemon"),
                name -> name.startsWith("io.grpc.") || name.startsWith("com.google.protobuf."),
                "the ports speak records, so that another wire can be added beside this one");
    }

    @Test
    void only_oci_and_the_edges_know_the_json_library() {
        onlyIn(
                Set.of("oci", "containerd-grpc", "commands", "cli", "runtime", "shim", "daemon", "setup"),
                name -> name.startsWith("tools.jackson."),
                "the JSON library can be exchanged without touching the ports");
    }

    @Test
    void only_metadata_knows_sql() {
        onlyIn(
                Set.of("metadata"),
                name -> name.startsWith("java.sql.") || name.startsWith("org.sqlite."),
                "the store stays narrow enough to be replaced");
    }

    @Test
    void only_main_reads_the_environment_and_exits() {
        var found = new TreeSet<String>();
        for (var type : Rooms.classes()) {
            if (outermost(type).getSimpleName().endsWith("Main")) {
                continue;
            }
            for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                if (access.getTargetOwner().getName().equals("java.lang.System")
                        && List.of("getenv", "exit", "out", "err").contains(access.getName())) {
                    found.add(access.getDescription());
                }
            }
        }
        found.removeIf(line -> line.contains("dev.coracle.commands.") && line.contains("Terminal"));
        assertThat(found)
                .as("a class that reads the environment, prints or exits cannot be used twice in one JVM")
                .isEmpty();
    }

    @Test
    void nobody_asks_the_wall_clock_behind_the_back_of_its_tests() {
        var found = new TreeSet<String>();
        for (var type : Rooms.classes()) {
            if (outermost(type).getSimpleName().endsWith("Main")) {
                continue;
            }
            type.getAccessesFromSelf().stream()
                    .filter(access -> access.getTargetOwner().getName().equals("java.time.Instant"))
                    .filter(access -> access.getName().equals("now"))
                    .forEach(access -> found.add(access.getDescription()));
        }
        assertThat(found)
                .as("an InstantSource is a constructor parameter, so that expiry can be tested without waiting")
                .isEmpty();
    }

    private static void onlyIn(Set<String> granted, Predicate<String> guarded, String reason) {
        var found = new TreeSet<String>();
        var others = DescribedPredicate.<JavaClass>describe(
                "outside", type -> Rooms.of(type.getName()).isPresent());
        for (var type : Rooms.classes().that(others)) {
            var room = Rooms.of(type.getName()).orElseThrow();
            if (granted.contains(room.name())) {
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                if (guarded.test(
                        dependency.getTargetClass().getBaseComponentType().getName())) {
                    found.add(room.name() + ": " + dependency.getDescription());
                }
            }
        }
        assertThat(found).as("only in " + granted + ": " + reason).isEmpty();
    }

    private static JavaClass outermost(JavaClass type) {
        var enclosing = type.getEnclosingClass();
        return enclosing.isPresent() ? outermost(enclosing.get()) : type;
    }
}
