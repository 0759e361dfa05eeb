package dev.coracle.setup;

import java.io.IOException;

/// What can only be found out by doing it. Nothing of it stays.
interface Trials {
    /// How a trial went.
    ///
    /// @param said what the programs had to say, line by line
    record Outcome(boolean worked, String said) {}

    /// Makes the namespaces that the engine will live in.
    Outcome namespaces() throws IOException, InterruptedException;

    /// Mounts an overlay inside them, where images will lie.
    Outcome overlay() throws IOException, InterruptedException;
}
