package dev.coracle.core.networks;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Map;
import java.util.Map.Entry;

/// The options of a bridge network, read.
///
/// @param mtu 0: that of the way out
/// @param icc whether containers of the network reach each other
/// @param masquerade whether what leaves carries the way out's address
public record BridgeOptions(int mtu, boolean icc, boolean masquerade) {
    private static final int SMALLEST_MTU = 68;
    /// With IPv6 nothing smaller works.
    private static final int SMALLEST_MTU6 = 1280;

    private static final int LARGEST_MTU = 65_535;
    private static final Map<String, String> SHORT = Map.of(
            "com.docker.network.driver.mtu", "mtu",
            "com.docker.network.bridge.enable_icc", "icc",
            "com.docker.network.bridge.enable_ip_masquerade", "ip-masq");

    /// @throws InvalidArgument for an option that is not known or a value that cannot be honoured
    public static BridgeOptions of(NetworkSpec spec) {
        var mtu = 0;
        var icc = true;
        var masquerade = true;
        for (var option : spec.options().entrySet()) {
            switch (SHORT.getOrDefault(option.getKey(), option.getKey())) {
                case "mtu" -> mtu = mtu(option, spec.ipv6());
                case "icc" -> icc = truth(option);
                case "ip-masq" -> masquerade = truth(option);
                // says what is so anyway
                case "com.docker.network.bridge.default_bridge" -> truth(option);
                default ->
                    throw new InvalidArgument("network option \"" + option.getKey()
                            + "\" is not known; known are mtu, icc and ip-masq, and Docker's names for them");
            }
        }
        return new BridgeOptions(mtu, icc, masquerade);
    }

    private static int mtu(Entry<String, String> option, boolean ipv6) {
        var least = ipv6 ? SMALLEST_MTU6 : SMALLEST_MTU;
        var text = option.getValue();
        if (text.matches("[0-9]{1,5}")) {
            var number = Integer.parseInt(text);
            if (number == 0 || (number >= least && number <= LARGEST_MTU)) {
                return number;
            }
        }
        throw new InvalidArgument("network option " + option.getKey() + "=" + text + " is not a number between " + least
                + " and " + LARGEST_MTU);
    }

    private static boolean truth(Entry<String, String> option) {
        return switch (option.getValue()) {
            case "true", "1", "True", "TRUE", "t" -> true;
            case "false", "0", "False", "FALSE", "f" -> false;
            default ->
                throw new InvalidArgument(
                        "network option " + option.getKey() + "=" + option.getValue() + " is neither true nor false");
        };
    }
}
