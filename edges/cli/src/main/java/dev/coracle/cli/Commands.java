package dev.coracle.cli;

import dev.coracle.cli.line.Tree;
import java.util.List;

/// All commands there are.
final class Commands {
    private Commands() {}

    static Tree tree() {
        return new Tree(List.of(), List.of(), Settings.flags());
    }
}
