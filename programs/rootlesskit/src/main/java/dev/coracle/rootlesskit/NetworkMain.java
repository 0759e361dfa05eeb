package dev.coracle.rootlesskit;

import dev.coracle.userns.ChildNetwork;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;

/// The process beside the command that serves a network device.
public final class NetworkMain {
    private NetworkMain() {}

    public static void main(String[] words) {
        try {
            new ChildNetwork(new SecureRandom()).run(List.of(words));
        } catch (IOException failure) {
            System.err.println(failure.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }
}
