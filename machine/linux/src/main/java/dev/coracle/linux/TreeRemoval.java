package dev.coracle.linux;

/// Removes a tree without following links and without a stack as deep as the tree: directories nested beyond a limit
/// are
/// first moved up beside the top, so that a hostile tree cannot exhaust descriptors or the stack.
final class TreeRemoval {
    private static final int DEEPEST = 100;

    private final Directory top;
    private int moved;

    private TreeRemoval(Directory top) {
        this.top = top;
    }

    static void remove(Directory directory, FileName name) throws ErrnoException {
        new TreeRemoval(directory).remove(directory, name, 0);
    }

    private void remove(Directory directory, FileName name, int depth) throws ErrnoException {
        try {
            directory.removeFile(name);
            return;
        } catch (ErrnoException failure) {
            switch (failure.errno()) {
                case ENOENT -> {
                    return;
                }
                case EISDIR, EPERM, EACCES -> {}
                default -> throw failure;
            }
            if (!directory.status(name).isDirectory()) {
                throw failure;
            }
        }
        try {
            directory.removeDirectory(name);
            return;
        } catch (ErrnoException failure) {
            switch (failure.errno()) {
                case ENOENT -> {
                    return;
                }
                case ENOTEMPTY, EEXIST, EACCES -> {}
                default -> throw failure;
            }
        }
        if (depth == DEEPEST) {
            var aside = FileName.of(".removing-" + Self.pid() + "-" + moved++);
            directory.rename(name, top, aside, Directory.Rename.REFUSE);
            remove(top, aside, 0);
            return;
        }
        empty(directory, name, depth);
        directory.removeDirectory(name);
    }

    private void empty(Directory directory, FileName name, int depth) throws ErrnoException {
        try (var inner = openWritable(directory, name)) {
            for (var child : inner.list()) {
                remove(inner, child, depth + 1);
            }
        }
    }

    /// A directory may lack the permissions its owner needs to empty it.
    private static Directory openWritable(Directory directory, FileName name) throws ErrnoException {
        var permissions = directory.status(name).permissions();
        if ((permissions & 0700) != 0700) {
            directory.changeMode(name, permissions | 0700);
        }
        return directory.openDirectory(name);
    }
}
