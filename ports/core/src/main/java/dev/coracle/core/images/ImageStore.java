package dev.coracle.core.images;

import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.core.types.FieldMask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The images of one namespace.
public interface ImageStore {
    Image get(String name);

    /// Images that a filter matches, by name. Fields: `name`, `target.digest`,
    /// `target.mediatype`, `labels.*`, `annotations.*`.
    List<Image> list(List<Filter> filters);

    /// Stores a new image; its times are set here, or the creation time by the caller (source
    /// date epoch). The caller's lease holds an image that would expire; any other one is a root by itself.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument without a name, media type or a
    ///     positive size
    /// @throws dev.coracle.base.EngineException.AlreadyExists when the name is taken
    Image create(Image image, Optional<Instant> createdAt);

    /// Changes an image. Paths: `labels`, `labels.k`, `target`, `annotations`, `annotations.k`;
    /// an empty mask replaces the whole record.
    Image update(Image image, FieldMask mask, Optional<Instant> updatedAt);

    /// Removes the name.
    ///
    /// @param target when given, the digest the name must have
    /// @throws dev.coracle.base.EngineException.NotFound when there is no such image, or it has
    ///     another target
    void delete(String name, Optional<Digest> target);
}
