package dev.coracle.core.types;

import java.util.Arrays;

/// An opaque value with the name of its type, returned byte by byte as it was given
/// (`google.protobuf.Any` on the wire, with the bare type name and no prefix). Specifications
/// travel as JSON under a `types.containerd.io/...` name.
@SuppressWarnings("ArrayRecordComponent") // equality and copies are taken care of below
public record TypedBytes(String typeUrl, byte[] value) {
    /// The type of an OCI runtime configuration, in JSON.
    public static final String RUNTIME_SPEC = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

    /// The type of an OCI process, in JSON.
    public static final String RUNTIME_PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process";

    /// The type of OCI Linux resources, in JSON.
    public static final String RUNTIME_RESOURCES = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

    /// Neither type nor bytes: an unset field.
    public static final TypedBytes NONE = new TypedBytes("", new byte[0]);

    public TypedBytes {
        value = value.clone();
    }

    @Override
    public byte[] value() {
        return value.clone();
    }

    /// Whether this is an unset field.
    public boolean isNone() {
        return typeUrl.isEmpty() && value.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TypedBytes(var otherType, var otherValue)
                && typeUrl.equals(otherType)
                && Arrays.equals(value, otherValue);
    }

    @Override
    public int hashCode() {
        return 31 * typeUrl.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return typeUrl + "[" + value.length + " bytes]";
    }
}
