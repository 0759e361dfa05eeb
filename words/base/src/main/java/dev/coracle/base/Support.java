package dev.coracle.base;

import java.util.Set;

/// Whether a driver or a program can be used on this machine, found out once by a real trial.
public sealed interface Support {
    /// It works; `features` are the optional things it can do here.
    record Usable(Set<String> features) implements Support {
        public Usable {
            features = Set.copyOf(features);
        }
    }

    /// It does not work: why, and what the person can do.
    record Unusable(String reason, String remedy) implements Support {}
}
