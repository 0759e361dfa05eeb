package dev.coracle.runtime;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.types.TypedBytes;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// What a client may choose about the runtime (`containerd.runc.v1.Options`). The edge hands it over as JSON; empty
/// words and false mean the default.
record RuncOptions(String binaryName, String root, boolean systemdCgroup, boolean noPivotRoot, boolean noNewKeyring) {

    static final RuncOptions DEFAULTS = new RuncOptions("", "", false, false, false);

    private static final String TYPE = "containerd.runc.v1.Options";
    private static final ObjectMapper JSON = new ObjectMapper();

    static RuncOptions parse(TypedBytes options) {
        if (options.isNone()) {
            return DEFAULTS;
        }
        if (!options.typeUrl().equals(TYPE)) {
            throw new InvalidArgument(
                    "runtime options of type " + options.typeUrl() + " are not known, expected " + TYPE);
        }
        if (options.value().length == 0) {
            return DEFAULTS;
        }
        try {
            var tree = JSON.readTree(options.value());
            return new RuncOptions(
                    tree.path("binaryName").asString(""),
                    tree.path("root").asString(""),
                    tree.path("systemdCgroup").asBoolean(false),
                    tree.path("noPivotRoot").asBoolean(false),
                    tree.path("noNewKeyring").asBoolean(false));
        } catch (JacksonException failure) {
            throw new InvalidArgument("read runtime options: " + failure.getOriginalMessage(), failure);
        }
    }
}
