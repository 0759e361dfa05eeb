package dev.coracle.daemon;

import dev.coracle.containerd.grpc.Plugin;
import dev.coracle.containerd.grpc.Sandboxer;
import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.snapshots.SnapshotterDriver;
import dev.coracle.daemon.ProxyPlugin.Kind;
import dev.coracle.proxy.Peer;
import dev.coracle.proxy.Peers;
import dev.coracle.proxy.ProxyBlobs;
import dev.coracle.proxy.ProxyLayers;
import dev.coracle.proxy.ProxySnapshotterDriver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The parts of the daemon that are other programs (`[proxy_plugins]`). None of them has to run before it is needed.
final class PluggedIn implements AutoCloseable {
    static final String OWN_CONTENT = Kind.CONTENT.type() + ".content";
    static final String OWN_SANDBOXER = Kind.SANDBOXER.type() + ".shim";
    private static final String OWN_DIFFER = "walking";

    private final Peers peers = new Peers();
    private final List<ProxyPlugin> plugins;
    private final DaemonConfig config;

    /// @throws StartException when a plugin would take the place of a part that is not switched off
    PluggedIn(DaemonConfig config) throws StartException {
        this.config = config;
        this.plugins = config.extensions().proxies().stream()
                .filter(plugin ->
                        isOwn(plugin.uri()) || !config.disabledPlugins().contains(plugin.uri()))
                .toList();
        for (var plugin : plugins) {
            if (isOwn(plugin.uri()) && !config.disabledPlugins().contains(plugin.uri())) {
                throw clash(plugin, plugin.uri());
            }
            if (plugin.kind() == Kind.CONTENT && !config.disabledPlugins().contains(OWN_CONTENT)) {
                throw clash(plugin, OWN_CONTENT);
            }
        }
        var stores = of(Kind.CONTENT);
        if (stores.size() > 1) {
            throw new StartException(
                    "proxy plugin " + stores.get(1).name() + ": content is with "
                            + stores.getFirst().name() + " already, and there can be one only",
                    "take one of them out of [proxy_plugins]");
        }
    }

    private static boolean isOwn(String uri) {
        return Set.of(
                        OWN_CONTENT,
                        OWN_SANDBOXER,
                        Kind.DIFFER.type() + "." + OWN_DIFFER,
                        Kind.SNAPSHOTTER.type() + ".native",
                        Kind.SNAPSHOTTER.type() + ".overlayfs",
                        Kind.SNAPSHOTTER.type() + ".fuse-overlayfs")
                .contains(uri);
    }

    private static StartException clash(ProxyPlugin plugin, String own) {
        return new StartException(
                "proxy plugin " + plugin.name() + ": this daemon has " + own + " itself",
                "add \"" + own + "\" to disabled_plugins, or give the plugin another name");
    }

    private List<ProxyPlugin> of(Kind kind) {
        return plugins.stream().filter(plugin -> plugin.kind() == kind).toList();
    }

    private Peer peer(String words, ProxyPlugin plugin) {
        return peers.peer(words, plugin.name(), plugin.address());
    }

    List<SnapshotterDriver> snapshotters() {
        return of(Kind.SNAPSHOTTER).stream()
                .map(plugin -> (SnapshotterDriver) new ProxySnapshotterDriver(
                        peer("snapshotter", plugin), plugin.exports(), plugin.capabilities()))
                .toList();
    }

    /// Where blobs are: with another program, or here.
    BlobFiles blobs(BlobFiles own) {
        var stores = of(Kind.CONTENT);
        return stores.isEmpty() ? own : new ProxyBlobs(peer("content store", stores.getFirst()), own);
    }

    /// Who unpacks layers, in the order of the configuration.
    ///
    /// @throws StartException when it names a differ that is not there
    LayerStore layers(LayerStore own) throws StartException {
        var known = new LinkedHashMap<String, LayerStore>();
        if (!config.disabledPlugins().contains(Kind.DIFFER.type() + "." + OWN_DIFFER)) {
            known.put(OWN_DIFFER, own);
        }
        of(Kind.DIFFER).forEach(plugin -> known.put(plugin.name(), new ProxyLayers(peer("differ", plugin))));
        var chosen = new ArrayList<LayerStore>();
        for (var name : config.extensions().differs()) {
            var differ = known.get(name);
            if (differ == null) {
                throw new StartException(
                        "differ " + name + " of " + Extensions.DIFF_SERVICE + " is not one of " + known.keySet(),
                        "add it to [proxy_plugins] with type = \"diff\", or take it out of default");
            }
            chosen.add(differ);
        }
        return chosen.size() == 1 ? chosen.getFirst() : new OrderedLayers(chosen);
    }

    /// Who runs sandboxes: these programs and, unless it is switched off, our own part.
    Map<String, Sandboxer> sandboxers(Sandboxer own) {
        var sandboxers = new LinkedHashMap<String, Sandboxer>();
        if (hasOwnSandboxer()) {
            sandboxers.put("shim", own);
        }
        of(Kind.SANDBOXER)
                .forEach(plugin -> sandboxers.put(plugin.name(), new ProxySandboxer(peer("sandboxer", plugin))));
        return sandboxers;
    }

    boolean hasOwnSandboxer() {
        return !config.disabledPlugins().contains(OWN_SANDBOXER);
    }

    /// How introspection lists them; snapshotters are listed with the others of their kind.
    List<Plugin> plugins() {
        return plugins.stream()
                .filter(plugin -> plugin.kind() != Kind.SNAPSHOTTER)
                .map(plugin -> onItsPlatform(new Plugin(plugin.kind().type(), plugin.name())
                        .withExports(plugin.exports())
                        .withCapabilities(plugin.capabilities())))
                .toList();
    }

    /// The plugin with the platform that the configuration gives it.
    Plugin onItsPlatform(Plugin listed) {
        return plugins.stream()
                .filter(plugin -> plugin.uri().equals(listed.type() + "." + listed.id()))
                .findFirst()
                .flatMap(ProxyPlugin::platform)
                .map(listed::withPlatform)
                .orElse(listed);
    }

    @Override
    public void close() {
        peers.close();
    }
}
