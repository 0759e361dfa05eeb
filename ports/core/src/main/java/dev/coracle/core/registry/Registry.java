package dev.coracle.core.registry;

import dev.coracle.base.Reference;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.oci.Descriptor;
import java.io.InputStream;
import java.util.Set;
import java.util.function.LongConsumer;

/// Image registries (distribution-spec) as one caller reaches them, with its credentials. Safe for
/// many threads; closed by whoever opened it.
public interface Registry extends AutoCloseable {
    /// The largest document (manifest, index) that is taken, in bytes.
    int LARGEST_MANIFEST = 4 << 20;

    /// What a tag, or a digest, names at its registry now.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when no host knows it
    /// @throws dev.coracle.base.EngineException.Unauthenticated when it wants other credentials
    Descriptor resolve(Reference reference);

    /// Brings a blob or manifest into `sink`, going on where the sink stands: after a cut
    /// connection with a range request. The sink then holds exactly the descriptor's bytes by
    /// count; their digest is verified by the sink's commit, which is the caller's.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when the registry sends more,
    ///     or again and again less
    void fetch(Reference reference, Descriptor wanted, BlobWriter sink, LongConsumer progress);

    /// Opens the bytes of a digest, without any verification: for showing them.
    InputStream open(Reference reference, Descriptor wanted);

    /// Sends a blob or manifest, unless the registry has it. A manifest goes to the reference's
    /// tag, or to its digest when `tagged` is false.
    ///
    /// @param sources repositories of the same registry that may have the blob already
    /// @return whether bytes were sent
    boolean push(
            Reference reference,
            Descriptor content,
            boolean tagged,
            Set<String> sources,
            BlobReader bytes,
            LongConsumer progress);

    /// Asks a registry (`docker.io`, `host:port`) whether it lets this caller in.
    ///
    /// @throws dev.coracle.base.EngineException.Unauthenticated when it wants other credentials
    void check(String registry);

    @Override
    void close();
}
