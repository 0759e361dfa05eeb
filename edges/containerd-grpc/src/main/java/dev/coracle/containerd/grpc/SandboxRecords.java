package dev.coracle.containerd.grpc;

import dev.coracle.core.records.Records;

/// Where the records of sandboxes are kept.
public final class SandboxRecords {
    static final String KIND = "sandboxes";

    private SandboxRecords() {}

    /// The key of a sandbox's record; those of a namespace begin with that of the empty id.
    static String key(String namespace, String id) {
        return namespace + "/" + id;
    }

    /// Whether clients have recorded a sandbox.
    public static boolean has(Records records, String namespace, String id) {
        return records.find(KIND, key(namespace, id)).isPresent();
    }
}
