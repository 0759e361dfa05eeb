package dev.coracle.engine.images;

import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.engine.filters.PruneFilter;
import dev.coracle.oci.ImageHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// The images of one namespace, as people speak of them. Where a text names an image, it is a name
/// as people type it (`nginx`, `user/app:v1`), the beginning of an image's digest or of its
/// configuration's, or a digest with `sha256:`. Nothing here reads the terminal or the environment;
/// what a use case makes is held against the garbage collector until it has a name.
public interface Images {
    /// Brings an image and gives it its name. Layers are unpacked while later ones still come.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when no registry has it, or not for a
    ///     wanted platform
    ImageView pull(Reference reference, PullOptions options, PullListener listener) throws InterruptedException;

    /// Options of an ordinary pull: this machine's platform, unpacked into the namespace's own
    /// snapshotter.
    PullOptions pullOptions(RegistryAccess access);

    /// Sends a local image to the place that its name says.
    ///
    /// @param platforms what is sent of a multi-platform image: empty for all that is here
    /// @throws dev.coracle.base.EngineException.NotFound when something of it is not here
    void push(Reference reference, List<Platform> platforms, RegistryAccess access, TransferListener listener)
            throws InterruptedException;

    /// Asks a registry (`docker.io`, `host:port`) whether it accepts the caller's credentials.
    ///
    /// @throws dev.coracle.base.EngineException.Unauthenticated when it does not
    void checkLogin(String registry, RegistryAccess access);

    /// Gives an image one more name; the name may have meant another image before.
    void tag(String image, Reference name);

    /// Removes names, and images with their last one.
    ///
    /// @param force also when a stopped container was made from it
    /// @throws dev.coracle.base.EngineException.Conflict when it is in use
    List<Removal> remove(String image, boolean force);

    /// Removes images that have no name (`dangling`), or all that no container uses.
    List<Removal> prune(boolean all, PruneFilter filter);

    /// All images, one entry per name, the newest first.
    List<ImageView> list();

    /// One image.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when there is none
    /// @throws dev.coracle.base.EngineException.InvalidArgument when a short digest means several
    ImageView get(String image);

    /// The same, or nothing.
    Optional<ImageView> find(String image);

    /// Everything about one image for a platform (empty: this machine's).
    ImageDetails inspect(String image, Optional<Platform> platform);

    /// The steps that made it, lowest first, each with the bytes of its layer (0 for an empty one).
    List<Layer> history(String image);

    /// An image ready to be run from: unpacked, if it was not yet.
    ImageDetails ready(String image, Optional<Platform> platform, String snapshotter) throws InterruptedException;

    /// Writes images as an archive that both `docker load` and OCI tools read.
    void save(List<String> images, List<Platform> platforms, OutputStream out) throws IOException;

    /// Reads an archive of either kind, gives its images their names and unpacks them.
    List<ImageView> load(InputStream archive, List<Platform> platforms) throws IOException, InterruptedException;

    /// Makes an image of one layer from a root file system's tar.
    ///
    /// @param name empty for an image without a name
    ImageView importTree(InputStream tar, Optional<Reference> name, String message, Platform platform)
            throws IOException, InterruptedException;

    /// A step of an image's history and the bytes that its layer takes when unpacked.
    record Layer(ImageHistory.Step step, long bytes) {}

    /// What was removed: a name (`untagged`), or with its last name the image (`deleted`, a
    /// digest).
    record Removal(String text, boolean untagged) {}
}
