package dev.coracle.layers;

import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.RootedPath;
import dev.coracle.linux.RootedPath.Escape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the directory an entry belongs into. An ordinary path is one system call, in which the
/// kernel follows no link at all. A path through symbolic links, which images have
/// (`/var/run -> /run`), is walked name by name in open directories: an absolute link starts
/// again at the root of the image, `..` above it is an escape, and a link to nowhere is not
/// turned into a directory somewhere else.
final class Resolver {
    /// A directory and its path without links.
    record Resolved(Directory directory, FileName path) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    private static final int MOST_LINKS = 40;
    private static final int IMPLIED_MODE = 0755;

    private final RootedPath root;

    Resolver(Directory root) {
        this.root = new RootedPath(root, Escape.LINKS_ARE_REFUSED);
    }

    /// Opens a directory by its path without links; empty when it is none (any more).
    Optional<Directory> find(FileName path) throws ErrnoException {
        try {
            return Optional.of(root.openDirectory(path));
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EXDEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Opens a directory, following links; empty when it or one above it does not exist.
    Optional<Resolved> directory(List<FileName> segments) throws ErrnoException, TarException {
        return resolve(segments, false);
    }

    /// Opens a directory, following links; those that are missing are made.
    Resolved ensure(List<FileName> segments) throws ErrnoException, TarException {
        return resolve(segments, true).orElseThrow();
    }

    private Optional<Resolved> resolve(List<FileName> segments, boolean make) throws ErrnoException, TarException {
        var path = EntryPath.joined(segments);
        var found = find(path);
        return found.isPresent() ? Optional.of(new Resolved(found.get(), path)) : new Walk(segments, make).directory();
    }

    /// One walk from the root; holds one directory open at a time.
    private final class Walk {
        private final Deque<FileName> todo;
        private final boolean make;
        private final List<FileName> done = new ArrayList<>();
        private Directory current;
        private int links;
        /// How many names of `todo` come after the target of the link being followed.
        private int behindLink = Integer.MAX_VALUE;

        Walk(List<FileName> segments, boolean make) throws ErrnoException {
            this.todo = new ArrayDeque<>(segments);
            this.make = make;
            this.current = open(FileName.HERE);
        }

        Optional<Resolved> directory() throws ErrnoException, TarException {
            var complete = false;
            try {
                while (!todo.isEmpty()) {
                    if (!step(todo.removeFirst())) {
                        return Optional.empty();
                    }
                }
                complete = true;
                return Optional.of(new Resolved(current, EntryPath.joined(done)));
            } finally {
                if (!complete) {
                    current.close();
                }
            }
        }

        private boolean step(FileName name) throws ErrnoException, TarException {
            if (!name.isSingle()) {
                climb();
                return true;
            }
            try {
                enter(name);
                return true;
            } catch (ErrnoException e) {
                if (e.is(Errno.ENOENT)) {
                    return make && made(name);
                }
                if (!e.is(Errno.ENOTDIR, Errno.ELOOP)) {
                    throw e;
                }
            }
            if (current.status(name).type() != FileStatus.Type.SYMLINK) {
                throw new TarException("\"" + EntryPath.below(EntryPath.joined(done), name) + "\" is not a directory");
            }
            follow(current.readSymlink(name));
            return true;
        }

        private void enter(FileName name) throws ErrnoException {
            var next = current.openDirectory(name);
            current.close();
            current = next;
            done.add(name);
        }

        private boolean made(FileName name) throws ErrnoException, TarException {
            if (todo.size() >= behindLink) {
                throw new TarException("a symbolic link on the path leads to \""
                        + EntryPath.below(EntryPath.joined(done), name) + "\", which the image does not have");
            }
            current.makeDirectory(name, IMPLIED_MODE);
            enter(name);
            current.changeMode(IMPLIED_MODE);
            return true;
        }

        private void climb() throws ErrnoException, TarException {
            if (done.isEmpty()) {
                throw new TarException("a symbolic link on the path leads out of the root");
            }
            done.removeLast();
            restart();
        }

        private void follow(FileName target) throws ErrnoException, TarException {
            if (++links > MOST_LINKS) {
                throw new TarException("the path goes through more than " + MOST_LINKS + " symbolic links");
            }
            if (target.isAbsolute()) {
                done.clear();
                restart();
            }
            behindLink = Math.min(behindLink, todo.size());
            target.segments().reversed().forEach(todo::addFirst);
        }

        private void restart() throws ErrnoException {
            var next = open(EntryPath.joined(done));
            current.close();
            current = next;
        }

        private Directory open(FileName path) throws ErrnoException {
            return Directory.adopt(root.open(path, Set.of(OpenFlag.DIRECTORY), 0));
        }
    }
}
