package dev.coracle.bench;

import java.nio.file.Path;

/// What was asked for, and where: the tree under test, an archive with the image, the account's folders.
record Settings(Path tree, Path archive, String image, int runs, Path home, Path runtime) {
    /// Where these programs lie, for those that run inside.
    Path source() {
        return tree.resolveSibling("java").resolve("dev/coracle/bench");
    }
}
