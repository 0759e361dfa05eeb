package dev.coracle.setup;

import java.io.IOException;
import java.util.List;

/// Looks at one part of the machine. It changes nothing.
interface Probe {
    /// What it looks at, behind the word "Checking".
    String title();

    List<Finding> look(Ground ground) throws IOException, InterruptedException;
}
