package dev.coracle.commands;

import java.util.function.Consumer;

/// The signals of a command. At first those that ask to stop interrupt its thread, which then cleans
/// up behind itself; a command that runs a container passes them on instead.
public interface Signals {
    /// Whether the command was asked to stop.
    boolean stopped();

    /// Passes every signal on by its name without `SIG`, until [#keep].
    void forward(Consumer<String> to);

    /// Lets the stopping signals interrupt the command again.
    void keep();
}
