package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.NotImplemented;

/// What `--runtime` comes to: the program that starts a container.
///
/// @param binary a program's name or absolute path; empty: the one that the engine prefers
record RuntimeProgram(String binary) {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]*";
    private static final String PATH = "/[^\"\\\\\\p{Cntrl}]*[^/\"\\\\\\p{Cntrl}]";

    /// @param word as it was given, or empty
    /// @param own the name of the runtime that the engine has
    /// @throws NotImplemented for what is served by shims
    static RuntimeProgram of(String word, String own) {
        if (word.isEmpty() || word.equals(own)) {
            return new RuntimeProgram("");
        }
        var isShim = word.substring(word.lastIndexOf('/') + 1).startsWith("containerd-shim-");
        if (!isShim && (word.matches(NAME) || word.matches(PATH))) {
            return new RuntimeProgram(word);
        }
        throw new NotImplemented("runtime " + word + " is neither " + own
                        + " nor the name or absolute path of a program like crun or runc")
                .remedy("runtimes that are shims are for clients of containerd's API: ctr run --runtime " + word);
    }
}
