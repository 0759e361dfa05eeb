package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Wrong command lines: the first line of what is said and the exit status, as docker 28 has them.
class UsageTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ps --bogus                   | 125 | unknown flag: --bogus
        ps -Z                        | 125 | unknown shorthand flag: 'Z' in -Z
        ps -qZ                       | 125 | unknown shorthand flag: 'Z' in -qZ
        rm                           | 1   | coracle: 'coracle rm' requires at least 1 argument
        bogus                        | 1   | coracle: unknown command: coracle bogus
        network foo                  | 1   | coracle: unknown command: coracle network foo
        run --bogus                  | 125 | unknown flag: --bogus
        run                          | 1   | coracle: 'coracle run' requires at least 1 argument
        run --memory                 | 125 | flag needs an argument: --memory
        run -p                       | 125 | flag needs an argument: 'p' in -p
        stop -t x a                  | 125 | invalid argument "x" for "-t, --timeout" flag: strconv.ParseInt: parsing "x": invalid syntax
        run -d=x a                   | 125 | invalid argument "x" for "-d, --detach" flag: strconv.ParseBool: parsing "x": invalid syntax
        run --memory 5z a            | 125 | invalid argument "5z" for "-m, --memory" flag: invalid suffix: 'z'
        run -p 99999:80 a            | 125 | coracle: invalid hostPort: 99999
        run -p a:b:c:80:80 x          | 125 | coracle: invalid IP address: a:b:c
        run -p x:80 a                | 125 | coracle: invalid hostPort: x
        run -p 80:x a                | 125 | coracle: invalid containerPort: x
        run -p 1.2.3:80:80 a         | 125 | coracle: invalid IP address: 1.2.3
        run -p 80/foo a              | 125 | coracle: invalid proto: foo
        run -p 80-81:80-82 a         | 125 | coracle: invalid ranges specified for container and host Ports: 80-82 and 80-81
        run --mount type=bogus x     | 125 | invalid argument "type=bogus" for "--mount" flag: target is required
        run --mount foo x            | 125 | invalid argument "foo" for "--mount" flag: invalid field 'foo' must be a key=value pair
        run --mount type=bind x      | 125 | invalid argument "type=bind" for "--mount" flag: target is required
        ps --filter x                | 125 | invalid argument "x" for "-f, --filter" flag: bad format of filter (expected name=value)
        ps a                         | 1   | coracle: 'coracle ps' accepts no arguments
        rename a                     | 1   | coracle: 'coracle rename' requires 2 arguments
        network create               | 1   | coracle: 'coracle network create' requires 1 argument
        volume create a b            | 1   | coracle: 'coracle volume create' requires at most 1 argument
        exec a                       | 1   | coracle: 'coracle exec' requires at least 2 arguments
        run --env-file /nope a       | 1   | Error: open /nope: no such file or directory
        cp a b                       | 1   | must specify at least one container source
        cp a:b c:d                   | 1   | copying between containers is not supported
        run --health-interval x a    | 125 | invalid argument "x" for "--health-interval" flag: time: invalid duration "x"
        run --ulimit x a             | 125 | invalid argument "x" for "--ulimit" flag: invalid ulimit argument: x
        run -d -a stdin a            | 1   | conflicting options: cannot specify both --attach and --detach
        run --cpus x a               | 125 | invalid argument "x" for "--cpus" flag: failed to parse x as a rational number
        run --security-opt foo a     | 125 | coracle: Invalid --security-opt: "foo"
        run --pull foo a             | 125 | coracle: invalid pull option: 'foo': must be one of "always", "missing" or "never"
        run --add-host foo a         | 125 | invalid argument "foo" for "--add-host" flag: bad format for add-host: "foo"
        run -it a                    | 1   | the input device is not a TTY
        update a                     | 1   | you must provide one or more flags when using this command
        run -h                       | 125 | flag needs an argument: 'h' in -h
        run --mac-address x a        | 125 | coracle: x is not a valid mac address
        run --dns x a                | 125 | invalid argument "x" for "--dns" flag: IP address is not correctly formatted: x
        run --sysctl x a             | 125 | invalid argument "x" for "--sysctl" flag: sysctl 'x' is not allowed
        run --env =x a               | 125 | invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x
        run --no-healthcheck --health-cmd x a | 125 | coracle: --no-healthcheck conflicts with --health-* options
        run --blkio-weight-device x a | 125 | invalid argument "x" for "--blkio-weight-device" flag: bad format: x
        run --userns x a             | 125 | coracle: --userns: invalid USER mode
        run --pid x a                | 125 | coracle: --pid: invalid PID mode
        run --uts x a                | 125 | coracle: --uts: invalid UTS mode
        run --rm --restart always a  | 125 | coracle: conflicting options: cannot specify both --restart and --rm
        run -v /a:b a                | 125 | coracle: invalid volume specification: '/a:b': invalid mount path: 'b' mount path must be absolute
        run -v /a:/ a                | 125 | coracle: invalid volume specification: '/a:/': destination can't be '/'
        run -v /a:/b:xx a            | 125 | coracle: invalid mode: xx
        run --link a:b:c a           | 125 | invalid argument "a:b:c" for "--link" flag: bad format for links: a:b:c
        run --systemd maybe a        | 125 | invalid argument "maybe" for "--systemd" flag: must be true, false or always: maybe
        run --verify cosign a        | 125 | coracle: --verify: signatures are not verified by this engine
        pull -a a                    | 1   | --all-tags: registries are asked for one tag at a time
        push --sign cosign a         | 1   | --sign: images are not signed by this engine
        start --checkpoint c a       | 1   | --checkpoint: containers are not started from checkpoints by this engine
        run --gpus some a            | 125 | invalid argument "some" for "--gpus" flag: invalid count (some): value must be either "all" or an integer
        ps --filter bogus=1          | 1   | invalid filter 'bogus'
        --bogus ps                   | 125 | unknown flag: --bogus
        completion tcsh              | 1   | completion for "tcsh" is not known: bash, zsh or fish
        inspect --mode bogus a       | 1   | --mode bogus: is not known, only dockercompat and native
        """)
    void wrong_use_is_said_as_docker_says_it(String words, int status, String firstLine) {
        var client = new Client();
        assertThat(client.run(words)).isEqualTo(status);
        assertThat(client.err().lines().findFirst()).contains(firstLine);
        assertThat(client.out()).isEmpty();
    }

    @Test
    void a_wrong_flag_shows_the_usage_and_where_help_is() {
        var client = new Client();
        client.run("ps --bogus");
        assertThat(client.err()).isEqualTo("""
            unknown flag: --bogus

            Usage:  coracle ps [OPTIONS]

            Run 'coracle ps --help' for more information
            """);
    }

    @Test
    void help_is_asked_for_at_every_level() {
        var client = new Client();
        for (var words :
                List.of("--help", "help", "network", "network --help", "ps --help", "help ps", "container ls -h")) {
            assertThat(client.run(words)).as(words).isZero();
            assertThat(client.out()).as(words).startsWith("Usage:  coracle");
        }
        client.run("run --help");
        assertThat(client.out()).contains("  -p, --publish list").contains("  -h, --hostname string");
        client.run("rm --help");
        assertThat(client.out()).isEqualTo("""
            Usage:  coracle rm [OPTIONS] CONTAINER [CONTAINER...]

            Remove one or more containers

            Options:
              -f, --force     Kill a container that runs
              -v, --volumes   Remove its anonymous volumes, too
            """);
    }

    @Test
    void a_broken_template_is_not_used() {
        var client = new Client();
        client.containers.on("list", _ -> List.of());
        assertThat(client.run("ps --format {{.Foo")).isEqualTo(1);
        assertThat(client.err()).isEqualTo("failed to parse template: template: :1: unclosed action\n");
    }

    @Test
    void words_are_completed() {
        var client = new Client();
        client.containers.on("list", _ -> List.of(Samples.web()));
        client.run("__complete -- net");
        assertThat(client.out()).isEqualTo("network\n");
        client.run("__complete -- rm w");
        assertThat(client.out()).isEqualTo("web\n");
        client.run("__complete -- ps --no");
        assertThat(client.out()).isEqualTo("--no-trunc\n");
        client.run("completion bash");
        assertThat(client.out()).contains("complete -F _coracle_complete coracle");
    }
}
