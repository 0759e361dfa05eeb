package dev.coracle.core.files;

import dev.coracle.core.mounts.Mount;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Work on trees of files. A path never leads out of its tree: the tree's root is `/` for it and for every link in it.
/// What is not there is NotFound.
public interface FileTrees {
    /// A small file's bytes, links followed; nothing when there is none.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when it has more bytes than `most`
    Optional<byte[]> read(FileTree tree, String path, int most);

    /// What is at the path; a link itself, unless `follow`.
    FileInfo stat(FileTree tree, String path, boolean follow);

    /// Writes what is at the path, and everything below, as a tar archive whose names begin with `as` (empty: with
    /// nothing, for a whole directory).
    void archive(FileTree tree, String path, boolean follow, String as, OutputStream archive);

    /// Unpacks a tar archive into a directory.
    ///
    /// @param keepOwners whether owners are the archive's, or root
    void extract(FileTree tree, String directory, InputStream archive, boolean keepOwners);

    /// Copies what is in a directory of a tree into an existing one, with owners, modes and times; nothing when the
    /// directory is not there. The target gets the directory's owner and mode.
    void copy(FileTree from, String directory, Path to);

    /// Bytes of all files.
    long size(FileTree tree);

    /// What the upper tree has changed, by path.
    List<FileChange> changes(List<Mount> lower, List<Mount> upper);

    /// Makes a directory below one of ours, or finds it.
    void makeDirectory(Path directory);

    /// Removes a directory of ours with everything below it; nothing happens when there is none.
    void remove(Path directory);
}
