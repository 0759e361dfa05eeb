package dev.coracle.userns;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PacketSocket;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.Polling;
import dev.coracle.linux.RouteNetlink;
import dev.coracle.linux.Tap;
import dev.coracle.linux.UnixSocket;
import dev.coracle.userns.NetworkDriver.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// The half of some network drivers that lives in the network namespace: makes or takes a device, gives it its
/// addresses
/// and serves it. A process of its own, beside the command; it ends when the parent does, and when the network ends.
public final class ChildNetwork {
    static final String INSIDE = "inside";
    static final String GO = "go";
    static final String CONNECTED = "connected";
    static final String FAILED = "failed";

    private static final int MOST_BYTES = 1 << 10;

    private final Fd parent;
    private final Fd stream;
    private final RandomGenerator random;

    /// What serves a device until it or the parent ends.
    private interface Service {
        void run() throws IOException;
    }

    /// @param random for the numbers by which answers are told from others
    public ChildNetwork(RandomGenerator random) {
        this.parent = Fd.adopt(InnerNetwork.CHANNEL);
        this.stream = Fd.adopt(InnerNetwork.STREAM);
        this.random = random;
    }

    /// Serves until the parent is gone; fails when the network is.
    ///
    /// @param words what to do, as the parent says it
    public void run(List<String> words) throws IOException {
        tell(INSIDE, List.of());
        if (UnixSocket.receive(parent, MOST_BYTES).isEnd()) {
            return;
        }
        Service service;
        try {
            service = connect(InnerPlan.parse(words));
        } catch (IOException failure) {
            tell(FAILED, List.of(String.valueOf(failure.getMessage())));
            return;
        }
        service.run();
    }

    private void tell(String what, List<String> more) throws IOException {
        var words = new ArrayList<>(List.of(what));
        words.addAll(more);
        UnixSocket.send(parent, PortRequest.packet(words), List.of());
    }

    private void connected(Addresses addresses) throws IOException {
        var words = new ArrayList<>(List.of(addresses.child()));
        words.addAll(addresses.dns());
        tell(CONNECTED, words);
    }

    private Service connect(InnerPlan plan) throws IOException {
        return switch (plan) {
            case InnerPlan.Frames frames -> frames(frames);
            case InnerPlan.VpnkitFrames vpnkit -> vpnkit(vpnkit);
            case InnerPlan.Given given -> given(given);
        };
    }

    private Service frames(InnerPlan.Frames plan) throws IOException {
        var tap = Tap.open(plan.device());
        var gateway = InetAddress.ofLiteral(plan.gateway());
        try (var netlink = RouteNetlink.open()) {
            netlink.setMtu(plan.device(), plan.mtu());
            netlink.addAddress(plan.device(), InetAddress.ofLiteral(plan.address()), plan.prefix());
            netlink.setUp(plan.device());
            netlink.addDefaultRoute(plan.device(), gateway);
        }
        connected(new Addresses(plan.address(), List.of()));
        var web = plan.guardsWeb() ? ByteBuffer.wrap(gateway.getAddress()).getInt() : 0;
        return () -> pump(tap, new FramePump.Guard(!plan.hostLoopback(), web));
    }

    private Service vpnkit(InnerPlan.VpnkitFrames plan) throws IOException {
        var frames = new StreamFrames(stream);
        var hardware = Vmnet.greet(frames, new UUID(random.nextLong(), random.nextLong()));
        var lease = new Dhcp(frames, hardware, random).obtain();
        var tap = Tap.open(plan.device());
        try (var netlink = RouteNetlink.open()) {
            netlink.setHardwareAddress(plan.device(), hardware);
            netlink.setMtu(plan.device(), plan.mtu());
            netlink.addAddress(plan.device(), lease.address(), lease.prefix());
            netlink.setUp(plan.device());
            netlink.addDefaultRoute(plan.device(), lease.gateway().orElse(InetAddress.ofLiteral(plan.gateway())));
        }
        connected(addresses(lease));
        return () -> pump(tap, new FramePump.Guard(!plan.hostLoopback(), 0));
    }

    private static Addresses addresses(Dhcp.Lease lease) {
        return new Addresses(
                lease.address().getHostAddress(),
                lease.dns().stream().map(InetAddress::getHostAddress).toList());
    }

    private void pump(Fd tap, FramePump.Guard guard) throws IOException {
        try (var ended = Pipe.open()) {
            // closed, the pipe can be read
            new FramePump(tap, stream, guard).start(() -> ended.writer().close());
            if (!Polling.awaitReadable(List.of(parent, ended.reader())).contains(parent)) {
                throw new IOException("serve the network: the program outside has ended");
            }
        }
    }

    private Service given(InnerPlan.Given plan) throws IOException {
        byte[] hardware;
        try (var netlink = RouteNetlink.open()) {
            netlink.setMtu(plan.device(), plan.mtu());
            netlink.setUp(plan.device());
            hardware = netlink.hardwareAddress(plan.device());
        }
        var socket = PacketSocket.open(plan.device());
        var dhcp = new Dhcp(new PacketFrames(socket), hardware, random);
        var lease = dhcp.obtain();
        take(plan.device(), lease);
        connected(addresses(lease));
        return () -> renewing(plan.device(), dhcp, lease);
    }

    private static void take(String device, Dhcp.Lease lease) throws IOException {
        try (var netlink = RouteNetlink.open()) {
            unless(Errno.EEXIST, () -> netlink.addAddress(device, lease.address(), lease.prefix()));
            if (lease.gateway().isPresent()) {
                // which fails behind a device that has it already
                unless(
                        Errno.EEXIST,
                        () -> netlink.addDefaultRoute(device, lease.gateway().get()));
            }
        }
    }

    private interface Step {
        void run() throws ErrnoException;
    }

    private static void unless(Errno state, Step step) throws ErrnoException {
        try {
            step.run();
        } catch (ErrnoException failure) {
            if (!failure.is(state)) {
                throw failure;
            }
        }
    }

    /// Keeps the address. When half of its time is over we ask again; another one takes its place.
    private void renewing(String device, Dhcp dhcp, Dhcp.Lease first) throws IOException {
        var lease = first;
        while (!Polling.awaitReadable(parent, half(lease))) {
            Dhcp.Lease next;
            try {
                next = dhcp.renew(lease);
            } catch (IOException refused) {
                next = dhcp.obtain();
            }
            if (!next.address().equals(lease.address()) || next.prefix() != lease.prefix()) {
                replace(device, lease, next);
            }
            lease = next;
        }
    }

    private static Duration half(Dhcp.Lease lease) {
        var half = lease.lasts().dividedBy(2);
        return half.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : half;
    }

    private static void replace(String device, Dhcp.Lease old, Dhcp.Lease next) throws IOException {
        try (var netlink = RouteNetlink.open()) {
            // its routes go with it
            unless(Errno.EADDRNOTAVAIL, () -> netlink.removeAddress(device, old.address(), old.prefix()));
        }
        take(device, next);
    }
}
