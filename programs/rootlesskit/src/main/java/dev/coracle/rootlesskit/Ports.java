package dev.coracle.rootlesskit;

import dev.coracle.processes.Spawner;
import dev.coracle.rootlesskit.Options.PortChoice;
import dev.coracle.userns.NetworkTarget;
import dev.coracle.userns.ParentPorts;
import dev.coracle.userns.PortDriver;
import dev.coracle.userns.PortProcess;
import dev.coracle.userns.PortSpec;
import dev.coracle.userns.Slirp4netnsPorts;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            case BUILTIN ->
                Optional.of(new ParentPorts(
                        new PortProcess(spawner, target, words(surroundings), surroundings.environment()),
                        options.ports().keepsSource()));
        };
    }

    /// This process runs for milliseconds and is interpreted; that one moves bytes for days.
    private static List<String> words(Surroundings surroundings) {
        var words = new ArrayList<String>();
        for (var word : surroundings.javaWords()) {
            if (word.equals("-Xint")) {
                words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1"));
            } else {
                words.add(word);
            }
        }
        words.add(PortMain.class.getName());
        return List.copyOf(words);
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
