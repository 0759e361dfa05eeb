package dev.coracle.daemon;

import java.util.Optional;

/// What `--help` prints.
final class Usage {
    static final String TOP = """
            NAME:
               containerd - the container daemon of Coracle, speaking containerd's API

            USAGE:
               containerd [global options] command [command options]

            COMMANDS:
               config   Print or convert the configuration
               publish  Publish an event, read from standard input
               oci-hook Become a program, told of the container that a runtime calls the hook for
               audit    Look whether everything that a running daemon has fits together
               help, h  Show this text, or that of a command

            Without a command the daemon starts and stays in the foreground.

            GLOBAL OPTIONS:
               --config value, -c value     Path of the configuration file (default: "/etc/containerd/config.toml")
               --log-level value, -l value  Level of the log [trace, debug, info, warn, error, fatal, panic]
               --address value, -a value    Path of the socket for the gRPC API
               --root value                 Directory of what is kept
               --state value                Directory of what goes with a reboot
               --help, -h                   Show this text
               --version, -v                Print the version
            """;

    static final String CONFIG = """
            NAME:
               containerd config - print or convert the configuration

            USAGE:
               containerd [global options] config command

            COMMANDS:
               default  Print the configuration that holds without a file
               dump     Print the configuration of the file, its imports and the options, with all defaults
               migrate  Print the file in the newest version, without its imports
            """;

    static final String PUBLISH = """
            NAME:
               containerd publish - publish an event, read from standard input

            USAGE:
               containerd [global options] publish [command options]

            OPTIONS:
               --namespace value  Namespace to publish to (default: "default")
               --topic value      Topic of the event
            """;

    static final String OCI_HOOK = """
            NAME:
               containerd oci-hook - become a program, told of the container that a runtime calls the hook for

            USAGE:
               containerd oci-hook PROGRAM [argument...]

            The container's state is read from standard input. In the arguments and in the environment
            {{id}}, {{bundle}}, {{rootfs}}, {{pid}}, {{status}} and {{annotation "key"}} stand for its parts.
            """;

    static final String AUDIT = """
            NAME:
               containerd audit - look whether everything that a running daemon has fits together

            USAGE:
               containerd [global options] audit

            Collects garbage, and then compares the store with blobs, snapshots, bundles and mounts. Each thing that
            is lost or left over is a line; with one the status is 1. The daemon is found by --address or --config.
            """;

    private Usage() {}

    static String of(Optional<String> command) {
        return switch (command.orElse("")) {
            case "config" -> CONFIG;
            case "publish" -> PUBLISH;
            case "oci-hook" -> OCI_HOOK;
            case "audit" -> AUDIT;
            default -> TOP;
        };
    }
}
