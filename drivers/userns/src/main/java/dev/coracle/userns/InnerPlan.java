package dev.coracle.userns;

import java.util.List;

/// What [ChildNetwork] is to make of a device inside, as the words of its command line.
sealed interface InnerPlan {
    String device();

    int mtu();

    List<String> words();

    /// A device of our own, whose frames go over a stream.
    ///
    /// @param guardsWeb whether the gateway's port 80 takes orders, which nobody inside may give
    record Frames(
            String device, int mtu, String address, int prefix, String gateway, boolean hostLoopback, boolean guardsWeb)
            implements InnerPlan {
        @Override
        public List<String> words() {
            return List.of(
                    "frames",
                    device,
                    Integer.toString(mtu),
                    address,
                    Integer.toString(prefix),
                    gateway,
                    Boolean.toString(hostLoopback),
                    Boolean.toString(guardsWeb));
        }
    }

    /// The same over VPNKit, which says which addresses the device has.
    record VpnkitFrames(String device, int mtu, String gateway, boolean hostLoopback) implements InnerPlan {
        @Override
        public List<String> words() {
            return List.of("vpnkit", device, Integer.toString(mtu), gateway, Boolean.toString(hostLoopback));
        }
    }

    /// A device that somebody puts into the namespace, whose network gives it an address.
    record Given(String device, int mtu) implements InnerPlan {
        @Override
        public List<String> words() {
            return List.of("given", device, Integer.toString(mtu));
        }
    }

    static InnerPlan parse(List<String> words) {
        var device = words.get(1);
        var mtu = Integer.parseInt(words.get(2));
        return switch (words.getFirst()) {
            case "frames" ->
                new Frames(
                        device,
                        mtu,
                        words.get(3),
                        Integer.parseInt(words.get(4)),
                        words.get(5),
                        Boolean.parseBoolean(words.get(6)),
                        Boolean.parseBoolean(words.get(7)));
            case "vpnkit" -> new VpnkitFrames(device, mtu, words.get(3), Boolean.parseBoolean(words.get(4)));
            case "given" -> new Given(device, mtu);
            default -> throw new IllegalArgumentException("not a plan for a network: " + words);
        };
    }
}
