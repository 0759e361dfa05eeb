package dev.coracle.cli.images;

import static dev.coracle.cli.line.Refusals.refused;

import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Refusals;

/// Flags of nerdctl's that need programs which are not part of the engine: signatures, IPFS, lazily pulled images.
public final class ForeignFlags {
    private static final String SIGNATURES = "signatures are not verified by this engine";
    private static final String SIGNING = "images are not signed by this engine";
    private static final String IPFS = "images are not exchanged by IPFS";
    private static final String LAZY = "images that are pulled lazily are not made by this engine";

    /// Of everything that takes an image from somewhere.
    public static final Refusals TAKING = Refusals.of(
            refused(Flag.text("verify", "Refused").fallback("none"), "none", SIGNATURES),
            refused(Flag.text("cosign-key", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-identity", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-identity-regexp", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-oidc-issuer", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-oidc-issuer-regexp", "Refused"), "", SIGNATURES),
            refused(Flag.text("ipfs-address", "Refused"), "", IPFS));

    static final Refusals PULL = TAKING.and(Refusals.of(
            refused(Flag.text("soci-index-digest", "Refused"), "", "images are not pulled lazily by this engine"),
            refused(
                    Flag.bool("all-tags", "Refused").letter('a'),
                    "false",
                    "registries are asked for one tag at a time")));

    static final Refusals PUSH = Refusals.of(
            refused(Flag.text("sign", "Refused").fallback("none"), "none", SIGNING),
            refused(Flag.text("cosign-key", "Refused"), "", SIGNING),
            refused(Flag.text("notation-key-name", "Refused"), "", SIGNING),
            refused(Flag.bool("estargz", "Refused"), "false", LAZY),
            refused(Flag.text("soci-span-size", "Refused").fallback("-1"), "-1", LAZY),
            refused(Flag.text("soci-min-layer-size", "Refused").fallback("-1"), "-1", LAZY),
            refused(Flag.bool("ipfs-ensure-image", "Refused").fallback("true"), "true", IPFS),
            refused(Flag.text("ipfs-address", "Refused"), "", IPFS));

    private ForeignFlags() {}
}
