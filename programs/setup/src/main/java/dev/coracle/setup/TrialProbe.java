package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Obstacle;
import dev.coracle.setup.Finding.Warning;
import java.io.IOException;
import java.util.List;

/// Two probes that try instead of looking.
final class TrialProbe {
    private TrialProbe() {}

    static Probe namespaces(Trials trials) {
        return new Probe() {
            @Override
            public String title() {
                return "RootlessKit functionality";
            }

            @Override
            public List<Finding> look(Ground ground) throws IOException, InterruptedException {
                var outcome = trials.namespaces();
                return List.of(
                        outcome.worked()
                                ? new Fine("rootlesskit", "works")
                                : new Obstacle(
                                        "rootlesskit",
                                        "RootlessKit failed: " + outcome.said(),
                                        Remedy.hint("the findings above and below may say why")));
            }
        };
    }

    static Probe overlay(Trials trials) {
        return new Probe() {
            @Override
            public String title() {
                return "overlayfs";
            }

            @Override
            public List<Finding> look(Ground ground) throws IOException, InterruptedException {
                var outcome = trials.overlay();
                if (outcome.worked()) {
                    return List.of(new Fine("overlayfs", "works"));
                }
                var installed = ground.program("fuse-overlayfs").isPresent();
                return List.of(new Warning(
                        "overlayfs",
                        "Overlayfs is not enabled, consider fuse-overlayfs instead"
                                + " (`containerd-rootless-setuptool.sh install-fuse-overlayfs`): " + outcome.said(),
                        installed ? Remedy.NONE : Remedy.install("fuse-overlayfs")));
            }
        };
    }
}
