package dev.coracle.cni;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.cni.Configurations.Described;
import dev.coracle.cni.Plugins.Verb;
import dev.coracle.core.networks.Cidr;
import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.oci.CniList;
import dev.coracle.oci.CniList.Wishes;
import dev.coracle.oci.CniResult;
import dev.coracle.oci.Documents;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Networks described by CNI configuration lists. A connection is ended by the configuration it was
/// made by and with what the plugins answered then, whatever the file says by now (SPEC.md, section
/// "Lifecycle & Ordering").
public final class CniNetworks implements DescribedNetworks {
    private final Configurations configurations;
    private final Plugins plugins;

    public CniNetworks(CniSettings settings, Spawner spawner) {
        this.configurations = new Configurations(settings.configurations());
        this.plugins = new Plugins(settings, spawner);
    }

    /// What a connection is ended by.
    ///
    /// @param configuration the list's document
    /// @param result what the last plugin answered; empty while they are at it
    record Plan(String configuration, String result) {}

    @Override
    public List<Network> list() {
        return configurations.all().values().stream().map(CniNetworks::network).toList();
    }

    private static Network network(Described described) {
        var list = described.list();
        var options = Map.of("file", described.file().toString(), "plugins", String.join(",", list.types()));
        var spec = new NetworkSpec(list.name(), "cni", List.of(), false, false, options, Map.of());
        return new Network(id(list.name()), spec, "", changed(described.file()));
    }

    /// The name's own: the file has none.
    private static String id(String name) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static Instant changed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    @Override
    public String plan(String network) {
        var described = configurations.all().get(network);
        if (described == null) {
            throw new NotFound("no such network: " + network);
        }
        return Documents.write(new Plan(described.list().document(), ""));
    }

    @Override
    public Connected connect(Attachment attachment, String plan) {
        var configuration = Documents.read(Plan.class, plan).configuration();
        var list = list(configuration);
        try {
            var result = add(list, attachment);
            var endpoint = endpoint(list, attachment, result);
            return new Connected(
                    endpoint, resolvers(result), Documents.write(new Plan(configuration, result.document())));
        } catch (EngineException failure) {
            undo(attachment, plan, failure);
            throw failure;
        }
    }

    private static CniList list(String configuration) {
        return CniList.parse(configuration.getBytes(StandardCharsets.UTF_8), "kept CNI configuration");
    }

    private CniResult add(CniList list, Attachment attachment) {
        Optional<CniResult> result = Optional.empty();
        for (var i = 0; i < list.types().size(); i++) {
            var type = list.types().get(i);
            var answer = run(Verb.ADD, type, list.config(i, result, wishes(attachment)), attachment);
            result = Optional.of(CniResult.parse(answer, attachment.device(), "answer of CNI plugin " + type));
        }
        return result.orElseThrow();
    }

    private static Wishes wishes(Attachment attachment) {
        var spec = attachment.spec();
        var addresses = Stream.of(spec.address(), spec.address6())
                .filter(address -> !address.isEmpty())
                .toList();
        var names = Stream.concat(Stream.of(attachment.containerName()), spec.aliases().stream())
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        return new Wishes(addresses, spec.mac(), names);
    }

    private byte[] run(Verb verb, String type, String config, Attachment attachment) {
        try {
            return plugins.run(verb, type, config, attachment);
        } catch (IOException failure) {
            throw new Internal("run CNI plugin " + type + ": " + failure.getMessage(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("run CNI plugin " + type + ": interrupted", stop);
        }
    }

    private static Endpoint endpoint(CniList list, Attachment attachment, CniResult result) {
        var four = first(result, false);
        var six = first(result, true);
        var spec = attachment.spec();
        granted(list, spec.address(), four);
        granted(list, spec.address6(), six);
        return new Endpoint(
                list.name(),
                id(list.name()),
                attachment.device(),
                result.mac(),
                four.map(CniNetworks::range).orElse(""),
                four.map(CniNetworks::gateway).orElse(""),
                six.map(CniNetworks::range).orElse(""),
                six.map(CniNetworks::gateway).orElse(""),
                spec.aliases());
    }

    private static Optional<CniResult.Address> first(CniResult result, boolean ipv6) {
        return result.addresses().stream()
                .filter(address -> address.isIpv6() == ipv6)
                .findFirst();
    }

    /// The plugins are free to overlook what was asked for; whoever asked is told.
    private static void granted(CniList list, String wanted, Optional<CniResult.Address> given) {
        if (wanted.isEmpty()) {
            return;
        }
        var address = Cidr.address(wanted);
        if (given.isEmpty() || !range(given.get()).startsWith(Cidr.text(address) + "/")) {
            throw new InvalidArgument("network \"" + list.name() + "\" gives "
                    + given.map(CniNetworks::range).orElse("no address") + " and not " + wanted
                    + ": its plugins do not take wishes");
        }
    }

    /// As this program writes it; what is no address is refused.
    private static String range(CniResult.Address given) {
        var slash = given.address().indexOf('/');
        if (slash < 0) {
            throw new InvalidArgument("answer of a CNI plugin: \"" + given.address() + "\" has no prefix length");
        }
        return Cidr.text(Cidr.address(given.address().substring(0, slash)))
                + "/"
                + Cidr.parse(given.address()).prefix();
    }

    private static String gateway(CniResult.Address given) {
        return given.gateway().isEmpty() ? "" : Cidr.text(Cidr.address(given.gateway()));
    }

    private static List<String> resolvers(CniResult result) {
        return result.resolvers().stream()
                .map(address -> Cidr.text(Cidr.address(address)))
                .toList();
    }

    private void undo(Attachment attachment, String plan, EngineException failure) {
        try {
            disconnect(attachment, plan);
        } catch (EngineException second) {
            failure.addSuppressed(second);
        }
    }

    /// Every plugin has its turn, also when one before it failed: the first failure is thrown at the
    /// end.
    @Override
    public void disconnect(Attachment attachment, String plan) {
        var kept = Documents.read(Plan.class, plan);
        var list = list(kept.configuration());
        // the older versions undo without it
        var result = kept.result().isEmpty() || list.version().startsWith("0.3.")
                ? Optional.<CniResult>empty()
                : Optional.of(CniResult.parse(
                        kept.result().getBytes(StandardCharsets.UTF_8), attachment.device(), "kept CNI result"));
        Optional<EngineException> first = Optional.empty();
        for (var i = list.types().size() - 1; i >= 0; i--) {
            try {
                run(Verb.DEL, list.types().get(i), list.config(i, result, wishes(attachment)), attachment);
            } catch (EngineException failure) {
                first = first.or(() -> Optional.of(failure));
            }
        }
        if (first.isPresent()) {
            throw first.get();
        }
    }
}
