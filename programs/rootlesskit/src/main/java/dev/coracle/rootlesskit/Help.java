package dev.coracle.rootlesskit;

/// The text of `--help`.
final class Help {
    private static final int COLUMN = 32;

    private Help() {}

    static String text(String version) {
        var text = new StringBuilder("""
                NAME:
                   rootlesskit - runs a command as root of a user namespace of its own

                USAGE:
                   rootlesskit [global options] [arguments...]

                VERSION:
                   %s

                DESCRIPTION:
                   Makes namespaces in which an ordinary user is root, without being root on the host.

                   Examples:
                     # a shell with a user namespace and a mount namespace of its own
                     rootlesskit bash

                     # with a writable /etc
                     rootlesskit --copy-up=/etc bash

                     # with a network of its own, from which the host's loopback cannot be reached
                     rootlesskit --copy-up=/etc --net=slirp4netns --disable-host-loopback bash

                   The account should have ranges in /etc/subuid and /etc/subgid; without them only root is mapped.

                OPTIONS:
                """.formatted(version));
        var category = "";
        for (var flag : Flag.values()) {
            if (!flag.category().equals(category)) {
                category = flag.category();
                text.append(text.charAt(text.length() - 2) == ':' ? "" : "\n")
                        .append("   ")
                        .append(category)
                        .append("\n\n");
            }
            var synopsis = flag.synopsis();
            text.append("   ").append(synopsis).append(" ".repeat(Math.max(1, COLUMN - synopsis.length())));
            text.append(flag.usage()).append('\n');
        }
        return text.toString();
    }
}
