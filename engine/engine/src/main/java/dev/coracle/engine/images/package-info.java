/// Images: bringing, sending, unpacking, archiving and removing them, on ports only. The pieces
/// (`ImagePull`, `ImageImport` ...) work on any content store, also on a daemon's that is reached
/// over a wire.
@NullMarked
package dev.coracle.engine.images;

import org.jspecify.annotations.NullMarked;
