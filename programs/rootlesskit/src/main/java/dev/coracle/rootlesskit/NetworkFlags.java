package dev.coracle.rootlesskit;

import dev.coracle.rootlesskit.NetworkChoice.Link;
import dev.coracle.userns.Subnet;
import java.util.List;

/// The flags that are about the network, checked.
final class NetworkFlags {
    private static final int LARGEST_MTU = 65521;
    private static final int USUAL_MTU = 65520;
    private static final int ETHERNET_MTU = 1500;
    private static final int LONGEST_DEVICE = 15;

    private final Arguments arguments;
    private final List<String> warnings;

    /// @param warnings where to tell what is odd but not wrong
    NetworkFlags(Arguments arguments, List<String> warnings) {
        this.arguments = arguments;
        this.warnings = warnings;
    }

    NetworkChoice choice() throws UsageException {
        var mtu = arguments.number(Flag.MTU);
        if (mtu < 0 || mtu > LARGEST_MTU) {
            throw new UsageException("mtu must be <= " + LARGEST_MTU + ", got " + mtu);
        }
        var net = arguments.text(Flag.NET);
        return switch (net) {
            case "host" -> {
                refuseLink(net);
                yield new NetworkChoice.Host();
            }
            case "none" -> {
                refuseLink(net);
                yield new NetworkChoice.None();
            }
            case "pasta" ->
                new NetworkChoice.Pasta(
                        link("tap0", USUAL_MTU),
                        arguments.text(Flag.PASTA_BINARY),
                        arguments.text(Flag.PORT_DRIVER).equals("implicit"));
            case "slirp4netns" ->
                new NetworkChoice.Slirp4netns(
                        link("tap0", USUAL_MTU),
                        arguments.text(Flag.SLIRP4NETNS_BINARY),
                        Options.choice(arguments, Flag.SLIRP4NETNS_SANDBOX, "unsupported slirp4netns-sandbox mode: "),
                        Options.choice(arguments, Flag.SLIRP4NETNS_SECCOMP, "unsupported slirp4netns-seccomp mode: "));
            case "vpnkit" -> vpnkit();
            case "lxc-user-nic" -> lxcUserNic();
            case "gvisor-tap-vsock" -> gvisorTapVsock();
            default -> throw new UsageException("unknown network mode: " + net);
        };
    }

    private NetworkChoice vpnkit() throws UsageException {
        refuseCidr("vpnkit");
        discardIpv6("vpnkit");
        var link = link("tap0", ETHERNET_MTU);
        if (link.mtu() != ETHERNET_MTU) {
            warnings.add(
                    "vpnkit is known to have issues with non-" + ETHERNET_MTU + " MTU (current: " + link.mtu() + ")");
        }
        return new NetworkChoice.Vpnkit(link, arguments.text(Flag.VPNKIT_BINARY));
    }

    private NetworkChoice lxcUserNic() throws UsageException {
        refuseCidr("lxc-user-nic");
        discardIpv6("lxc-user-nic");
        var bridge = arguments.text(Flag.LXC_USER_NIC_BRIDGE);
        if (bridge.isEmpty()) {
            throw new UsageException("got empty bridge");
        }
        if (!arguments.isOn(Flag.DISABLE_HOST_LOOPBACK)) {
            warnings.add("--disable-host-loopback is implicitly set for lxc-user-nic");
        }
        var program = arguments.text(Flag.LXC_USER_NIC_BINARY);
        return new NetworkChoice.LxcUserNic(
                new Link(device("eth0"), mtu(ETHERNET_MTU), Subnet.USUAL, false, false),
                program.isEmpty() ? "lxc-user-nic" : program,
                bridge);
    }

    private NetworkChoice gvisorTapVsock() throws UsageException {
        if (arguments.isOn(Flag.IPV6)) {
            throw new UsageException("--ipv6 is not supported for gvisor-tap-vsock");
        }
        return new NetworkChoice.GvisorTapVsock(link("tap0", USUAL_MTU), "gvproxy");
    }

    private void refuseLink(String net) throws UsageException {
        if (arguments.number(Flag.MTU) != 0) {
            // launch scripts give an MTU whatever the network is
            warnings.add("unsupported mtu for --net=" + net + ": " + arguments.number(Flag.MTU));
        }
        refuseCidr(net);
        if (!arguments.text(Flag.IFNAME).isEmpty()) {
            throw new UsageException("ifname cannot be specified for --net=" + net);
        }
        discardIpv6(net);
    }

    private void refuseCidr(String net) throws UsageException {
        if (!arguments.text(Flag.CIDR).isEmpty()) {
            throw new UsageException("custom cidr is not supported for --net=" + net);
        }
    }

    private void discardIpv6(String net) {
        if (arguments.isOn(Flag.IPV6)) {
            warnings.add("--ipv6 is discarded for --net=" + net);
        }
    }

    private String device(String usual) throws UsageException {
        var device = arguments.text(Flag.IFNAME).isEmpty() ? usual : arguments.text(Flag.IFNAME);
        if (device.contains("/")) {
            throw new UsageException("ifname must not contain \"/\"");
        }
        if (device.length() > LONGEST_DEVICE) {
            throw new UsageException("ifname must not be longer than " + LONGEST_DEVICE + " characters: " + device);
        }
        return device;
    }

    private int mtu(int usual) throws UsageException {
        var mtu = arguments.number(Flag.MTU);
        return mtu == 0 ? usual : mtu;
    }

    private Link link(String device, int mtu) throws UsageException {
        var name = device(device);
        if (!arguments.isOn(Flag.DISABLE_HOST_LOOPBACK)) {
            warnings.add(
                    "specifying --disable-host-loopback is highly recommended to prohibit connecting to 127.0.0.1:*"
                            + " on the host namespace (requires pasta, slirp4netns, vpnkit or gvisor-tap-vsock)");
        }
        try {
            var cidr = arguments.text(Flag.CIDR);
            return new Link(
                    name,
                    mtu(mtu),
                    cidr.isEmpty() ? Subnet.USUAL : Subnet.parse(cidr),
                    !arguments.isOn(Flag.DISABLE_HOST_LOOPBACK),
                    arguments.isOn(Flag.IPV6));
        } catch (IllegalArgumentException wrong) {
            throw new UsageException(String.valueOf(wrong.getMessage()));
        }
    }
}
