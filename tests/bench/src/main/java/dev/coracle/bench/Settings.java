package dev.coracle.bench;

import java.nio.file.Path;

/// What was asked for, and where: the tree under test, an archive with the image, the account's folders.
record Settings(Path tree, Path archive, String image, int runs, Path home, Path runtime) {}
