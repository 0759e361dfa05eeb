package dev.coracle.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvocationTest {
    @Test
    void commands_and_their_options() throws Exception {
        assertThat(parse("check")).isEqualTo(new Invocation.Check(false));
        assertThat(parse("check --json")).isEqualTo(new Invocation.Check(true));
        assertThat(parse("install")).isEqualTo(new Invocation.Install(false));
        assertThat(parse("-f install")).isEqualTo(new Invocation.Install(true));
        assertThat(parse("install --force")).isEqualTo(new Invocation.Install(true));
        assertThat(parse("uninstall")).isEqualTo(new Invocation.Uninstall(false, false, false));
        assertThat(parse("uninstall --purge --dry-run")).isEqualTo(new Invocation.Uninstall(true, true, false));
        assertThat(parse("nsenter -- sh -c id")).isEqualTo(new Invocation.Nsenter(List.of("sh", "-c", "id")));
        assertThat(parse("nsenter ls --help")).isEqualTo(new Invocation.Nsenter(List.of("ls", "--help")));
        assertThat(parse("--help")).isEqualTo(new Invocation.Help());
        assertThat(parse("install --help")).isEqualTo(new Invocation.Help());
        assertThat(parse("install-fuse-overlayfs")).isEqualTo(new Invocation.AddOn("fuse-overlayfs", true));
        assertThat(parse("uninstall-fuse-overlayfs")).isEqualTo(new Invocation.AddOn("fuse-overlayfs", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | No command was specified. Run with --help to see the usage. Maybe you want to run"
                        + " `containerd-rootless-setuptool.sh install`?",
                "instal | Unknown command: instal. Run with --help to see the usage.",
                "install-everything | Unknown command: install-everything. Run with --help to see the usage.",
                "install --purge | install: unknown option --purge. Run with --help to see the usage.",
                "check now | check: unexpected argument \"now\"",
            })
    void what_makes_no_command(String words, String message) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "install-buildkit",
        "uninstall-buildkit-containerd",
        "install-stargz",
        "install-ipfs --init",
        "install-bypass4netnsd"
    })
    void what_has_no_counterpart_says_so(String words) throws Exception {
        assertThat(parse(words)).isInstanceOf(Invocation.NotServed.class);
    }

    private static Invocation parse(String words) throws UsageException {
        return Invocation.parse(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }
}
