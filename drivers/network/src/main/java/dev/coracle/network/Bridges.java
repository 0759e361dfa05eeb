package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.networks.Network;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The bridges that are up and the packet filter that belongs to them.
final class Bridges implements AutoCloseable {
    private final Ledger ledger;
    private final Underlay underlay;
    private final Bridge.Dns dns;
    private final KeyedLocks locks;
    private final Map<String, Bridge> running = new ConcurrentHashMap<>();
    /// Held while the packet filter is written, and whether the namespace is prepared.
    private final Object filtering = new Object();

    private boolean prepared;

    Bridges(Ledger ledger, Underlay underlay, Bridge.Dns dns, KeyedLocks locks) {
        this.ledger = ledger;
        this.underlay = underlay;
        this.dns = dns;
        this.locks = locks;
    }

    /// The network's bridge, brought up when it is not.
    Bridge of(Network network) throws IOException, InterruptedException {
        var up = running.get(network.id());
        if (up != null) {
            return up;
        }
        try (var _ = locks.hold(network.id())) {
            var now = running.get(network.id());
            if (now != null) {
                return now;
            }
            // it may have been removed meanwhile
            ledger.network(network.id());
            prepare();
            var bridge = Bridge.up(network, underlay, dns);
            running.put(network.id(), bridge);
            try {
                filter();
                return bridge;
            } catch (IOException | InterruptedException | RuntimeException failure) {
                running.remove(network.id());
                bridge.close();
                throw failure;
            }
        }
    }

    /// Lets the namespace pass packets on, also when none of our bridges is up.
    void pass() throws IOException, InterruptedException {
        synchronized (filtering) {
            if (!prepared) {
                prepare();
                filter();
            }
        }
    }

    private void prepare() throws IOException, InterruptedException {
        synchronized (filtering) {
            if (!prepared) {
                underlay.prepare();
                prepared = true;
            }
        }
    }

    private void filter() throws IOException, InterruptedException {
        synchronized (filtering) {
            try (var nftables = underlay.nftables()) {
                nftables.replace(PacketFilter.TABLE, PacketFilter.chains(ledger.networks()));
            } catch (IOException failure) {
                throw unfiltered(failure);
            }
        }
    }

    private static EngineException unfiltered(IOException failure) {
        if (OwnThread.cause(failure) instanceof ErrnoException cause
                && cause.is(Errno.EPROTONOSUPPORT, Errno.EAFNOSUPPORT, Errno.EOPNOTSUPP, Errno.ENOENT)) {
            return new FailedPrecondition(
                            "write the packet filter of the networks: this kernel has no nftables, without which"
                                    + " containers on a bridge neither get out nor are kept apart: "
                                    + cause.getMessage(),
                            failure)
                    .remedy("load them as root: modprobe -a nf_tables nft_masq nft_ct nft_chain_nat (for good: a file"
                            + " in /etc/modules-load.d), or use --network host or none");
        }
        return OwnThread.engine("write the packet filter of the networks", failure);
    }

    /// Takes a network's bridge away, whoever brought it up.
    void remove(Network network) throws IOException, InterruptedException {
        try (var _ = locks.hold(network.id())) {
            var bridge = running.remove(network.id());
            if (bridge != null) {
                bridge.remove();
            } else {
                try (var links = underlay.links()) {
                    links.remove(network.device());
                }
            }
            synchronized (filtering) {
                if (prepared) {
                    filter();
                }
            }
        }
    }

    /// Stops answering; the bridges stay for the containers.
    @Override
    public void close() {
        running.values().forEach(Bridge::close);
        running.clear();
    }
}
