package dev.coracle.network;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.PortBinding;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Who has which port of the host.
final class Ports {
    private final Map<String, String> owners = new HashMap<>();

    /// Who has this port, or a port that excludes it: the same one of all addresses of the family.
    Optional<String> owner(PortBinding binding) {
        var any = Cidr.address(binding.hostAddress()).isAnyLocalAddress();
        return owners.entrySet().stream()
                .filter(entry -> excludes(entry.getKey(), binding, any))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean excludes(String key, PortBinding binding, boolean any) {
        if (key.equals(key(binding))) {
            return true;
        }
        var parts = key.split("/", 3);
        var address = Cidr.address(parts[1]);
        return parts[0].equals(word(binding))
                && parts[2].equals(Integer.toString(binding.hostPort()))
                && address.getAddress().length
                        == Cidr.address(binding.hostAddress()).getAddress().length
                && (any || address.isAnyLocalAddress());
    }

    void claim(PortBinding binding, String owner) {
        owners.put(key(binding), owner);
    }

    void release(PortBinding binding) {
        owners.remove(key(binding));
    }

    boolean isClaimed(String key) {
        return owners.containsKey(key);
    }

    static String key(PortBinding binding) {
        return word(binding) + "/" + binding.hostAddress() + "/" + binding.hostPort();
    }

    private static String word(PortBinding binding) {
        return binding.protocol().name().toLowerCase(Locale.ROOT);
    }

    /// For people: `0.0.0.0:8080/tcp`.
    static String written(PortBinding binding) {
        var address = binding.hostAddress().contains(":") ? "[" + binding.hostAddress() + "]" : binding.hostAddress();
        return address + ":" + binding.hostPort() + "/" + word(binding);
    }

    static EngineException allTaken(PortBinding range, Conflict last) {
        return new Conflict(
                        "publish one of the ports " + range.hostPort() + "-" + range.lastHostPort() + "/" + word(range)
                                + ": none is free; of the last: " + last.message(),
                        last)
                .remedy("choose other ports of the host, or let one be chosen: -p " + range.containerPort());
    }

    static EngineException taken(PortBinding binding, String owner) {
        return new Conflict("publish port " + written(binding) + ": it is already allocated, by " + owner)
                .remedy("choose another port of the host, or let one be chosen: -p " + binding.containerPort());
    }
}
