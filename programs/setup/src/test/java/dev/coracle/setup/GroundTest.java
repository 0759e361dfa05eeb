package dev.coracle.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.setup.Ground.Account;
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroundTest {
    /// The kernel gives the first digit alone to who asks for one byte first.
    @ParameterizedTest
    @ValueSource(strings = {"fs.inotify.max_user_watches", "kernel.pid_max", "kernel.hostname", "kernel.osrelease"})
    void a_setting_of_the_kernel_is_read_whole(String name) throws Exception {
        var ground = new Ground(Path.of("/"), new Account("somebody", 1000, 1000), Map.of());
        try (var file = new FileInputStream("/proc/sys/" + name.replace('.', '/'))) {
            var bytes = file.readNBytes(4096);
            assertThat(ground.sysctl(name)).contains(new String(bytes, StandardCharsets.UTF_8).strip());
        }
    }
}
