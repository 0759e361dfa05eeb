package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StdioTargetTest {
    @Test
    void the_forms_of_containerd_are_understood() {
        assertThat(StdioTarget.parse("")).isEqualTo(new StdioTarget.Nothing());
        assertThat(StdioTarget.parse("/run/f")).isEqualTo(new StdioTarget.NamedPipe(Path.of("/run/f")));
        assertThat(StdioTarget.parse("fifo:///run/f")).isEqualTo(new StdioTarget.NamedPipe(Path.of("/run/f")));
        assertThat(StdioTarget.parse("file:///a%20b+c")).isEqualTo(new StdioTarget.AppendedFile(Path.of("/a b+c")));
        assertThat(StdioTarget.parse("binary:///bin/l?id=a%26b&flag"))
                .isEqualTo(new StdioTarget.Logger(Path.of("/bin/l"), List.of("id", "a&b", "flag", ""), false));
        assertThat(StdioTarget.parse("binary-v2:///bin/l"))
                .isEqualTo(new StdioTarget.Logger(Path.of("/bin/l"), List.of(), true));
    }

    @Test
    void other_forms_are_refused() {
        assertThatThrownBy(() -> StdioTarget.parse("ttrpc+unix:///x"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("stdio ttrpc+unix:///x: unknown scheme, expected a path, fifo://, file://, binary:// or"
                        + " binary-v2://");
        assertThatThrownBy(() -> StdioTarget.parse("out"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("stdio out: path must be absolute");
    }
}
