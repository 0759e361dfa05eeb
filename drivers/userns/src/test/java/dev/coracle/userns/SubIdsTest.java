package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.processes.Spawner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubIdsTest {
    private static final SubIds.Account PENGUIN = new SubIds.Account("penguin", 1001, 1001);

    @Test
    void the_account_comes_first_and_its_ranges_follow() {
        var map = IdMap.of(1001, List.of(new IdRange(100000, 65536), new IdRange(300000, 10)));
        assertThat(map.words()).containsExactly("0", "1001", "1", "1", "100000", "65536", "65537", "300000", "10");
        assertThat(IdMap.of(1001, List.of()).isSingle()).isTrue();
    }

    @Test
    void ranges_that_repeat_overlap_or_touch_are_made_one() {
        var ranges = List.of(
                new IdRange(200, 100),
                new IdRange(100, 50),
                new IdRange(100, 50),
                new IdRange(140, 20),
                new IdRange(300, 1));
        assertThat(IdRange.merge(ranges, 1001)).containsExactly(new IdRange(100, 60), new IdRange(200, 101));
    }

    @Test
    void the_own_id_is_cut_out_of_a_range() {
        assertThat(IdRange.merge(List.of(new IdRange(1000, 10)), 1001))
                .containsExactly(new IdRange(1000, 1), new IdRange(1002, 8));
    }

    @Test
    void lines_of_the_name_and_of_the_number_count() throws Exception {
        var lines = List.of("# a comment", "other:1:2:3:broken", "penguin:100000:65536", "", "1001:300000:10");
        assertThat(SubIds.parseFile(lines, PENGUIN))
                .containsExactly(new IdRange(100000, 65536), new IdRange(300000, 10));
    }

    @Test
    void a_broken_line_of_the_account_itself_is_named() {
        assertThatThrownBy(() -> SubIds.parseFile(List.of("penguin:100000"), PENGUIN))
                .hasMessage("read sub-ids: not of the form name:first:count: penguin:100000");
        assertThatThrownBy(() -> SubIds.parseFile(List.of("penguin:x:1"), PENGUIN))
                .hasMessage("read sub-ids: not a range: penguin:x:1");
    }

    @Test
    void the_answer_of_getsubids_is_read() throws Exception {
        assertThat(SubIds.parseProgram("0: penguin 100000 655360\n1: penguin 900000 5\n"))
                .containsExactly(new IdRange(100000, 655360), new IdRange(900000, 5));
    }

    @Test
    void a_directory_service_is_asked_by_the_program(@TempDir Path etc) throws Exception {
        var program = etc.resolve("getsubids");
        Files.writeString(program, "#!/bin/sh\n[ \"$1\" = penguin ] || exit 1\necho '0: penguin 500000 100'\n");
        Files.setPosixFilePermissions(program, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(etc.resolve("subuid"), "penguin:100000:65536\n");
        try (var spawner = Spawner.open()) {
            var subIds = new SubIds(spawner, Optional.of(program), etc);
            assertThat(subIds.users(PENGUIN, SubIds.Source.AUTO).ranges()).containsExactly(new IdRange(100000, 65536));
            assertThat(subIds.users(PENGUIN, SubIds.Source.DYNAMIC).ranges()).containsExactly(new IdRange(500000, 100));
            Files.writeString(etc.resolve("nsswitch.conf"), "passwd: files\nsubid: sss\n");
            assertThat(subIds.users(PENGUIN, SubIds.Source.AUTO).ranges()).containsExactly(new IdRange(500000, 100));
            assertThat(subIds.groups(PENGUIN, SubIds.Source.STATIC).isSingle()).isTrue();
        }
    }

    @Test
    void a_failing_newuidmap_is_explained(@TempDir Path directory) throws Exception {
        var program = directory.resolve("newuidmap");
        Files.writeString(
                program, "#!/bin/sh\necho 'newuidmap: write to uid_map failed: Operation not permitted' >&2\nexit 1\n");
        Files.setPosixFilePermissions(program, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        var map = IdMap.of(1001, List.of(new IdRange(100000, 10)));
        try (var spawner = Spawner.open()) {
            var mapper = new IdMapper(spawner, Optional.of(program), Optional.of(program));
            assertThatThrownBy(() -> mapper.map(1, map, map))
                    .isInstanceOfSatisfying(
                            UsernsException.class,
                            failure -> assertThat(failure.remedy()).isPresent())
                    .hasMessage("map sub-ids: newuidmap 1 0 1001 1 1 100000 10: newuidmap: write to uid_map failed:"
                            + " Operation not permitted");
            assertThatThrownBy(() -> new IdMapper(spawner, Optional.empty(), Optional.empty()).map(1, map, map))
                    .hasMessage("map sub-ids: the program newuidmap is not installed");
        }
    }
}
