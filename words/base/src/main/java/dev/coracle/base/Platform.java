package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Operating system, processor architecture and its variant, in Go's words (image-spec,
/// image-index.md, "platform"): `linux/amd64`, `linux/arm/v7`. Values are always normalised, so
/// `x86_64` and `amd64` are equal, and a missing variant of `arm` is `v7`.
public record Platform(String os, String architecture, String variant) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Set<String> SYSTEMS = Set.of(
            "aix",
            "android",
            "darwin",
            "dragonfly",
            "freebsd",
            "illumos",
            "ios",
            "js",
            "linux",
            "netbsd",
            "openbsd",
            "plan9",
            "solaris",
            "windows");
    private static final Set<String> ARCHITECTURES = Set.of(
            "386",
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "mips",
            "mips64",
            "mips64le",
            "mipsle",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390x",
            "wasm");

    public Platform {
        os = normalSystem(os);
        var given = architecture.toLowerCase(Locale.ROOT);
        variant = normalVariant(given, variant.toLowerCase(Locale.ROOT));
        architecture = normalArchitecture(given);
    }

    public Platform(String os, String architecture) {
        this(os, architecture, "");
    }

    /// Linux on the architecture that the JVM calls by this name (`os.arch`).
    public static Platform linux(String architecture) {
        return new Platform("linux", architecture);
    }

    /// Reads `os`, `arch`, `os/arch` or `os/arch/variant`; what is missing comes from `host`.
    ///
    /// @throws InvalidArgument when a part is unknown or malformed
    public static Platform parse(String text, Platform host) {
        var parts = text.split("/", -1);
        for (var part : parts) {
            if (!WORD.matcher(part).matches()) {
                throw new InvalidArgument("platform \"" + text + "\": \"" + part + "\" is an invalid component of \""
                        + text + "\": platform specifier component must match \"" + WORD.pattern() + "\"");
            }
        }
        return switch (parts.length) {
            case 1 -> single(text, host);
            case 2 -> new Platform(parts[0], parts[1]);
            case 3 -> new Platform(parts[0], parts[1], parts[2]);
            default -> throw new InvalidArgument("platform \"" + text + "\": cannot parse platform specifier");
        };
    }

    private static Platform single(String text, Platform host) {
        var system = normalSystem(text);
        if (SYSTEMS.contains(system)) {
            return new Platform(system, host.architecture(), host.variant());
        }
        var platform = new Platform(host.os(), text);
        if (ARCHITECTURES.contains(platform.architecture())) {
            return platform;
        }
        throw new InvalidArgument("platform \"" + text + "\": unknown operating system or architecture");
    }

    /// Whether a machine of this platform runs what was built for the other one.
    public boolean runs(Platform other) {
        return acceptable().contains(other);
    }

    /// Puts what a machine of this platform likes best first; what it cannot run comes last.
    public Comparator<Platform> preference() {
        var order = acceptable();
        return Comparator.comparingInt(other -> {
            var rank = order.indexOf(other);
            return rank < 0 ? Integer.MAX_VALUE : rank;
        });
    }

    /// The platforms a machine of this kind runs, the best first: an `arm64` also runs `arm/v8`
    /// and older, an `amd64/v3` also `v2` and plain `amd64`, an `amd64` also `386`.
    private List<Platform> acceptable() {
        var order = new ArrayList<>(List.of(this));
        switch (architecture) {
            case "amd64" -> {
                for (var level = number(variant) - 1; level >= 1; level--) {
                    order.add(new Platform(os, architecture, "v" + level));
                }
                order.add(new Platform(os, "386"));
            }
            case "arm" -> olderArm(order, number(variant) - 1);
            case "arm64" -> {
                for (var level = number(variant) - 1; level >= 8; level--) {
                    order.add(new Platform(os, architecture, "v" + level));
                }
                olderArm(order, 8);
            }
            default -> {}
        }
        return order;
    }

    private void olderArm(List<Platform> order, int newest) {
        for (var level = newest; level >= 5; level--) {
            order.add(new Platform(os, "arm", "v" + level));
        }
    }

    private static int number(String variant) {
        return variant.matches("v[0-9]{1,3}") ? Integer.parseInt(variant.substring(1)) : 0;
    }

    private static String normalSystem(String os) {
        var lower = os.toLowerCase(Locale.ROOT);
        return lower.equals("macos") ? "darwin" : lower;
    }

    private static String normalArchitecture(String architecture) {
        return switch (architecture) {
            case "i386", "i686", "x86" -> "386";
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "armhf", "armel" -> "arm";
            default -> architecture;
        };
    }

    private static String normalVariant(String architecture, String variant) {
        return switch (architecture) {
            case "i386", "i686", "x86", "386" -> "";
            case "amd64", "x86_64", "x86-64" -> variant.equals("v1") ? "" : variant;
            case "arm64", "aarch64" -> variant.equals("8") || variant.equals("v8") ? "" : variant;
            case "armhf" -> "v7";
            case "armel" -> "v6";
            case "arm" -> variant.isEmpty() ? "v7" : variant.matches("[5-8]") ? "v" + variant : variant;
            default -> variant;
        };
    }

    /// The written form, without an empty variant.
    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
