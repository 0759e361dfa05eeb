package dev.coracle.layers;

import dev.coracle.linux.Device;
import dev.coracle.linux.FileName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One member of an archive, whatever dialect its headers were written in.
///
/// @param name as written, not judged yet; never empty
/// @param link the target of a symbolic or hard link
/// @param size of the file when it is unpacked
/// @param sparse for a sparse file, where its data lies; the rest are holes
/// @param attributes extended attributes by name
record TarEntry(
        EntryType type,
        FileName name,
        Optional<FileName> link,
        Owner owner,
        long size,
        Instant modified,
        Device device,
        Optional<List<Extent>> sparse,
        Map<String, byte[]> attributes) {

    /// Permission bits (twelve) and numeric ids.
    record Owner(int mode, long user, long group) {}

    /// A run of data in a sparse file.
    record Extent(long offset, long length) {}

    static final Device NO_DEVICE = new Device(0, 0);

    /// An entry of a plain kind: no data map, no attributes.
    TarEntry(EntryType type, FileName name, Optional<FileName> link, Owner owner, long size, Instant modified) {
        this(type, name, link, owner, size, modified, NO_DEVICE, Optional.empty(), Map.of());
    }

    boolean isDirectory() {
        return type == EntryType.DIRECTORY;
    }
}
