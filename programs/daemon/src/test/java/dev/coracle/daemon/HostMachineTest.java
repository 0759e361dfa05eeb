package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostMachineTest {
    @Test
    void a_distribution_is_named_in_its_own_words() {
        assertThat(HostMachine.system(List.of("NAME=\"Debian\"", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"")))
                .isEqualTo("Debian GNU/Linux 12 (bookworm)");
        assertThat(HostMachine.system(List.of("PRETTY_NAME=Alpine"))).isEqualTo("Alpine");
        assertThat(HostMachine.system(List.of())).isEqualTo("Linux");
    }

    @Test
    void memory_is_in_bytes() {
        assertThat(HostMachine.memory(List.of("MemTotal:       16384 kB", "MemFree: 1 kB")))
                .isEqualTo(16 << 20);
        assertThat(HostMachine.memory(List.of("MemTotal: lots"))).isZero();
    }
}
