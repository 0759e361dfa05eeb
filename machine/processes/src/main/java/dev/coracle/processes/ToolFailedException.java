package dev.coracle.processes;

import dev.coracle.linux.WaitStatus;
import java.io.IOException;
import java.util.List;

/// A program ended badly. Arguments that are secret are struck out.
public final class ToolFailedException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Ended ended;

    public ToolFailedException(Ended ended) {
        super(sentence(ended, ended.status().sentence()));
        this.ended = ended;
    }

    ToolFailedException(Ended ended, String why) {
        super(sentence(ended, why));
        this.ended = ended;
    }

    private static String sentence(Ended ended, String why) {
        var said = ended.errorTail().strip();
        return ended.command().words().getFirst() + ": " + why + (said.isEmpty() ? "" : ": " + said);
    }

    /// The program and its arguments.
    public List<String> words() {
        return ended.command().words();
    }

    public WaitStatus status() {
        return ended.status();
    }

    public String errorTail() {
        return ended.errorTail();
    }
}
