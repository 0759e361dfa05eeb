package dev.coracle.layers;

import dev.coracle.layers.ChangeWriter.Place;
import dev.coracle.linux.FileName;
import java.io.IOException;

/// Told what one tree has changed of another.
interface Changes {
    /// The walk goes into a directory that itself has not changed.
    void enter(Place directory);

    /// It leaves it again.
    void leave(Place directory);

    /// Something was added or changed.
    void write(Place place) throws IOException;

    /// A name of the lower tree is gone.
    void whiteout(FileName parent, FileName name) throws IOException;

    /// Everything the lower tree has in the directory is gone.
    void opaque(FileName directory) throws IOException;
}
