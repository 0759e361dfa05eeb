package dev.coracle.rootlesskit;

import java.util.Arrays;
import java.util.Optional;

/// RootlessKit's flags with its own words for them. The help text and the parser are made from this table.
enum Flag {
    DEBUG("Misc", "debug", Kind.SWITCH, "", "debug mode"),
    PRINT_SEMVER("Misc", "print-semver", Kind.TEXT, "", "print a part of the version [major, minor, patch]"),
    HELP("Misc", "help", "h", Kind.SWITCH, "", "show help"),
    VERSION("Misc", "version", "v", Kind.SWITCH, "", "print the version"),

    COPY_UP("Mount", "copy-up", Kind.LIST, "", "make a directory writable inside, as --copy-up=/etc (may be repeated)"),
    COPY_UP_MODE("Mount", "copy-up-mode", Kind.TEXT, "tmpfs+symlink", "copy-up mode [tmpfs+symlink]"),
    PROPAGATION(
            "Mount",
            "propagation",
            Kind.TEXT,
            "rprivate",
            "mount propagation [private, rprivate, slave, rslave, shared, rshared]"),

    NET(
            "Network",
            "net",
            Kind.TEXT,
            "host",
            "network driver [host, none, pasta, slirp4netns, vpnkit, lxc-user-nic, gvisor-tap-vsock]"),
    MTU(
            "Network",
            "mtu",
            Kind.NUMBER,
            "0",
            "MTU of the network, 0 for the driver's own (65520; vpnkit, lxc-user-nic: 1500)"),
    CIDR("Network", "cidr", Kind.TEXT, "", "CIDR of the network (default: 10.0.2.0/24)"),
    IFNAME("Network", "ifname", Kind.TEXT, "", "network interface name (default: tap0; lxc-user-nic: eth0)"),
    DISABLE_HOST_LOOPBACK(
            "Network", "disable-host-loopback", Kind.SWITCH, "", "prohibit connecting to 127.0.0.1:* of the host"),
    IPV6("Network", "ipv6", Kind.SWITCH, "", "enable IPv6 routing"),
    DETACH_NETNS(
            "Network", "detach-netns", Kind.SWITCH, "", "stay in the host's network, keep the new one in STATE/netns"),
    PASTA_BINARY("Network [pasta]", "pasta-binary", Kind.TEXT, "pasta", "path of pasta"),
    SLIRP4NETNS_BINARY("Network [slirp4netns]", "slirp4netns-binary", Kind.TEXT, "slirp4netns", "path of slirp4netns"),
    SLIRP4NETNS_SANDBOX(
            "Network [slirp4netns]", "slirp4netns-sandbox", Kind.TEXT, "false", "its sandbox [auto, true, false]"),
    SLIRP4NETNS_SECCOMP(
            "Network [slirp4netns]",
            "slirp4netns-seccomp",
            Kind.TEXT,
            "false",
            "its seccomp filter [auto, true, false]"),
    VPNKIT_BINARY("Network [vpnkit]", "vpnkit-binary", Kind.TEXT, "vpnkit", "path of VPNKit"),
    LXC_USER_NIC_BINARY(
            "Network [lxc-user-nic]",
            "lxc-user-nic-binary",
            Kind.TEXT,
            "",
            "path of lxc-user-nic (default: where packages put it)"),
    LXC_USER_NIC_BRIDGE("Network [lxc-user-nic]", "lxc-user-nic-bridge", Kind.TEXT, "lxcbr0", "its bridge"),

    PORT_DRIVER(
            "Port",
            "port-driver",
            Kind.TEXT,
            "none",
            "port driver [none, implicit (pasta only), builtin, slirp4netns, gvisor-tap-vsock]"),
    PUBLISH("Port", "publish", "p", Kind.LIST, "", "publish a port, as 127.0.0.1:8080:80/tcp"),
    SOURCE_IP_TRANSPARENT(
            "Port", "source-ip-transparent", Kind.SWITCH_ON, "true", "keep the source address of connections"),

    PIDNS("Process", "pidns", Kind.SWITCH, "", "create a PID namespace"),
    CGROUPNS("Process", "cgroupns", Kind.SWITCH, "", "create a cgroup namespace"),
    UTSNS("Process", "utsns", Kind.SWITCH, "", "create a UTS namespace"),
    IPCNS("Process", "ipcns", Kind.SWITCH, "", "create an IPC namespace"),
    REAPER("Process", "reaper", Kind.TEXT, "auto", "collect orphans, requires --pidns [auto, true, false]"),
    EVACUATE_CGROUP2(
            "Process", "evacuate-cgroup2", Kind.TEXT, "", "move processes to a subgroup, requires --pidns, --cgroupns"),

    STATE_DIR("State", "state-dir", Kind.TEXT, "", "state directory (default: a new one for temporary files)"),
    SUBID_SOURCE("SubID", "subid-source", Kind.TEXT, "auto", "where sub-ids are looked up [auto, dynamic, static]");

    /// What follows a flag.
    enum Kind {
        SWITCH,
        SWITCH_ON,
        TEXT,
        NUMBER,
        LIST;

        boolean isSwitch() {
            return this == SWITCH || this == SWITCH_ON;
        }
    }

    private final String category;
    private final String word;
    private final String letter;
    private final Kind kind;
    private final String usual;
    private final String usage;

    Flag(String category, String word, Kind kind, String usual, String usage) {
        this(category, word, "", kind, usual, usage);
    }

    Flag(String category, String word, String letter, Kind kind, String usual, String usage) {
        this.category = category;
        this.word = word;
        this.letter = letter;
        this.kind = kind;
        this.usual = usual;
        this.usage = usage;
    }

    static Optional<Flag> find(String word) {
        return Arrays.stream(values())
                .filter(flag -> flag.word.equals(word) || (!word.isEmpty() && flag.letter.equals(word)))
                .findFirst();
    }

    String category() {
        return category;
    }

    String word() {
        return word;
    }

    Kind kind() {
        return kind;
    }

    String usual() {
        return usual;
    }

    /// The left column of the help.
    String synopsis() {
        var value = kind.isSwitch() ? "" : " value";
        return "--" + word + value + (letter.isEmpty() ? "" : ", -" + letter + value);
    }

    String usage() {
        return switch (kind) {
            case SWITCH -> usage + " (default: false)";
            case SWITCH_ON -> usage + " (default: true)";
            case NUMBER -> usage + " (default: " + usual + ")";
            case TEXT -> usual.isEmpty() ? usage : usage + " (default: \"" + usual + "\")";
            case LIST -> usage;
        };
    }
}
