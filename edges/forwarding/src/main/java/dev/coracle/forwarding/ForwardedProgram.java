package dev.coracle.forwarding;

/// A program that can be called from outside. Each call has a thread of its own, which is interrupted
/// when the command shall end.
public interface ForwardedProgram {
    /// Carries out one command to its end.
    ///
    /// @return the exit status of the client
    int run(Call call) throws Exception;
}
