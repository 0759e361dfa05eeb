package dev.coracle.commands.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.commands.line.UsageFailure;
import dev.coracle.oci.RuntimeSpec.IdMapping;
import dev.coracle.oci.RuntimeSpec.Mount;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountFlagTest {
    @Test
    void a_mount_is_a_line_of_fields() {
        assertThat(MountFlag.parse("type=bind,src=/a,dst=/b,options=rbind:ro"))
                .isEqualTo(new Mount("/b", "bind", "/a", List.of("rbind", "ro")));
        assertThat(MountFlag.parse("type=bind,\"source=/a,b\",destination=/c"))
                .isEqualTo(new Mount("/c", "bind", "/a,b", List.of()));
    }

    @Test
    void other_fields_are_refused() {
        assertThatThrownBy(() -> MountFlag.parse("bind")).isInstanceOf(UsageFailure.class);
        assertThatThrownBy(() -> MountFlag.parse("type=bind,color=red"))
                .hasMessage("mount option \"color\" not supported");
    }

    @Test
    void id_mappings_have_three_numbers() {
        assertThat(IdMappings.parse(List.of("0:1000:1"))).containsExactly(new IdMapping(0, 1000, 1));
        assertThat(IdMappings.label(IdMappings.parse(List.of("0:1:2", "3:4:5"))))
                .isEqualTo("0:1:2,3:4:5");
        assertThatThrownBy(() -> IdMappings.parse(List.of("0:1"))).isInstanceOf(UsageFailure.class);
    }
}
