package dev.coracle.commands;

import dev.coracle.base.Platform;
import java.nio.file.Path;
import java.util.Map;

/// What the program found around it: the variables, the working directory, the machine.
public record Environment(Map<String, String> variables, Path directory, Platform platform) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    /// A variable, empty when it is not set.
    public String variable(String name) {
        return variables.getOrDefault(name, "");
    }
}
