package dev.coracle.setup;

import java.nio.file.Path;
import java.util.Optional;

/// The unit that systemd starts the engine by.
///
/// @param javaHome where Java is, when only the environment says so
/// @param flags more words for rootlesskit
record Unit(Path tree, String path, Optional<String> javaHome, Optional<String> flags) {
    static final String NAME = "containerd.service";
    static final String MARK = "# Written by containerd-rootless-setuptool.sh.";

    String text() {
        var text = new StringBuilder(MARK).append("""
                 Change it by a drop-in: systemctl --user edit containerd.service
                [Unit]
                Description=containerd (Rootless)
                StartLimitIntervalSec=60
                StartLimitBurst=3

                [Service]
                Type=notify
                NotifyAccess=all
                """);
        variable(text, "PATH", tree.resolve("bin") + ":/sbin:/usr/sbin:" + path);
        javaHome.ifPresent(home -> variable(text, "JAVA_HOME", home));
        flags.ifPresent(words -> variable(text, "CONTAINERD_ROOTLESS_ROOTLESSKIT_FLAGS", words));
        return text.append("ExecStart=")
                .append(quoted(
                        tree.resolve("bin/containerd-rootless.sh").toString().replace("$", "$$")))
                .append("""

                # The daemon is started again, its containers stay.
                ExecReload=/bin/kill -s HUP $MAINPID
                # Containers are told to end and get 10 seconds for it.
                KillMode=mixed
                TimeoutStartSec=300
                TimeoutStopSec=60
                Restart=always
                RestartSec=2
                LimitNOFILE=infinity
                LimitNPROC=infinity
                LimitCORE=infinity
                TasksMax=infinity
                Delegate=yes

                [Install]
                WantedBy=default.target
                """)
                .toString();
    }

    private static void variable(StringBuilder text, String name, String value) {
        text.append("Environment=").append(quoted(name + "=" + value)).append('\n');
    }

    /// A word as systemd reads it: quoted, with its specifiers and escapes meaning themselves.
    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
    }
}
