package dev.coracle.setup;

/// The text of `--help`.
final class Help {
    static final String TEXT = """
            Usage: containerd-rootless-setuptool.sh [OPTIONS] COMMAND

            A setup tool for Rootless containerd.

            Commands:
              check [--json]                 Check prerequisites; exits with 1 when no container would run
              install [--force]              Check, then start the engine now and whenever the machine starts
              uninstall [--purge]            Stop the engine and remove its unit; --purge removes images and containers too
                        [--dry-run] [--force]
              nsenter -- COMMAND             Run a command inside the engine's namespaces

            Add-on commands:
              install-fuse-overlayfs         Make fuse-overlayfs the snapshotter
              uninstall-fuse-overlayfs       Take that back

            Options:
              -h, --help                     Show this help
            """;

    private Help() {}
}
