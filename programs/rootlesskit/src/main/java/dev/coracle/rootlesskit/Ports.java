package dev.coracle.rootlesskit;

import dev.coracle.processes.Spawner;
import dev.coracle.rootlesskit.Options.PortChoice;
import dev.coracle.userns.Gvproxy;
import dev.coracle.userns.GvproxyPorts;
import dev.coracle.userns.NetworkTarget;
import dev.coracle.userns.ParentPorts;
import dev.coracle.userns.PortDriver;
import dev.coracle.userns.PortProcess;
import dev.coracle.userns.PortSpec;
import dev.coracle.userns.Slirp4netnsPorts;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// From the choice on the command line to the port driver that serves it.
final class Ports {
    private Ports() {}

    static Optional<PortDriver> driver(
            Options options, Surroundings surroundings, Spawner spawner, NetworkTarget target, Path state) {
        return switch (options.ports().driver()) {
            case NONE, IMPLICIT -> Optional.empty();
            case SLIRP4NETNS ->
                Optional.of(new Slirp4netnsPorts(
                        state.resolve(Networks.SLIRP4NETNS_SOCKET), Networks.childIp(options.network())));
            case GVISOR_TAP_VSOCK ->
                Optional.of(new GvproxyPorts(
                        Gvproxy.socket(state.resolve(Networks.GVISOR_DIRECTORY)), Networks.childIp(options.network())));
            case BUILTIN ->
                Optional.of(new ParentPorts(
                        new PortProcess(
                                spawner, target, surroundings.longRunning(PortMain.class), surroundings.environment()),
                        options.ports().keepsSource()));
        };
    }

    /// Publishes what the command line asks for.
    static void publish(PortDriver driver, PortChoice choice) throws IOException, InterruptedException {
        for (var spec : choice.published()) {
            try {
                var _ = driver.add(spec);
            } catch (UsernsException failure) {
                throw new UsernsException(
                        "failed to expose port " + text(spec) + ": " + failure.getMessage(),
                        failure.remedy().orElse(null),
                        failure);
            }
        }
    }

    private static String text(PortSpec spec) {
        return "{" + spec.protocol() + " " + spec.parentIp() + " " + spec.parentPort() + " " + spec.childIp() + " "
                + spec.childPort() + "}";
    }
}
