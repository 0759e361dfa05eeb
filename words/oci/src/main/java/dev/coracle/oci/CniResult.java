package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What CNI plugins answer when they have made a connection (SPEC.md, "Success").
///
/// @param addresses those of the interface inside the sandbox, in the plugins' order
/// @param mac of that interface, or empty
/// @param resolvers name servers
/// @param document as it was answered
public record CniResult(List<Address> addresses, String mac, List<String> resolvers, String document) {
    private static final int MOST_ADDRESSES = 64;

    public CniResult {
        addresses = List.copyOf(addresses);
        resolvers = List.copyOf(resolvers);
    }

    /// @param address with its prefix length
    /// @param gateway or empty
    public record Address(String address, String gateway) {
        public boolean isIpv6() {
            return address.contains(":");
        }
    }

    /// @param device the interface that was to be made
    /// @param what names the document in messages
    public static CniResult parse(byte[] text, String device, String what) {
        var result = Json.object(text, what);
        var interfaces = result.path("interfaces");
        var addresses = Json.elements(result.path("ips"), what + ": ips", ip -> address(ip, interfaces, device, what));
        if (addresses.size() > MOST_ADDRESSES) {
            throw new InvalidArgument(what + ": " + addresses.size() + " addresses, more than " + MOST_ADDRESSES);
        }
        var macs = Json.elements(
                interfaces, what + ": interfaces", one -> isInside(one, device) ? Json.text(one, "mac", what) : "");
        return new CniResult(
                addresses.stream().flatMap(Optional::stream).toList(),
                macs.stream().filter(mac -> !mac.isEmpty()).findFirst().orElse(""),
                Json.texts(result.path("dns"), "nameservers", what),
                new String(Json.bytes(result), StandardCharsets.UTF_8));
    }

    private static Optional<Address> address(JsonNode ip, JsonNode interfaces, String device, String what) {
        var address = new Address(Json.text(ip, "address", what), Json.text(ip, "gateway", what));
        var index = ip.path("interface");
        var inside = index.isMissingNode()
                || index.isNull()
                || isInside(interfaces.path((int) Json.whole(ip, "interface", what)), device);
        return inside ? Optional.of(address) : Optional.empty();
    }

    private static boolean isInside(JsonNode one, String device) {
        return one.path("name").asString("").equals(device)
                && !one.path("sandbox").asString("").isEmpty();
    }

    JsonNode node() {
        return Json.object(document.getBytes(StandardCharsets.UTF_8), "CNI result");
    }
}
