package dev.coracle.commands.ctr;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.GoJson;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.Plugin;
import dev.coracle.containerd.api.introspection.PluginInfoRequest;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.runc.Options;
import dev.coracle.containerd.api.types.Platform;
import dev.coracle.containerd.api.types.RuntimeInfo;
import dev.coracle.containerd.api.types.RuntimeRequest;
import dev.coracle.oci.Json;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// `ctr plugins`: what the daemon is made of.
final class PluginVerbs {
    private PluginVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "plugins plugin",
                "Provides information about containerd plugins",
                List.of(
                        Verb.of(
                                "list ls",
                                "Lists containerd plugins",
                                "",
                                List.of(
                                        Flag.bool("quiet q", "Print only the plugin ids"),
                                        Flag.bool("detailed d", "Print everything known about each plugin")),
                                PluginVerbs::list),
                        Verb.of(
                                "inspect-runtime",
                                "Display runtime info",
                                "[flags]",
                                RunFlags.runtimeWithoutCgroup(),
                                PluginVerbs::inspectRuntime)));
    }

    private static int inspectRuntime(Line line, Session session) throws InvalidProtocolBufferException {
        var options = RunFlags.runtimeOptions(line);
        var request = RuntimeRequest.newBuilder().setRuntimePath(line.text("runtime"));
        options.ifPresent(request::setOptions);
        var introspection = session.connect(line).stub(IntrospectionGrpc::newBlockingStub);
        var question = PluginInfoRequest.newBuilder()
                .setType("io.containerd.runtime.v2")
                .setId("task")
                .setOptions(Wires.any(request.build()))
                .build();
        var answer = Connection.call(() -> introspection.pluginInfo(question));
        var info = RuntimeInfo.parseFrom(answer.getExtra().getValue());
        var tree = Json.object().put("Name", info.getName());
        tree.putObject("Version")
                .put("Version", info.getVersion().getVersion())
                .put("Revision", info.getVersion().getRevision());
        put(tree, "Options", info.getOptions());
        put(tree, "Features", info.getFeatures());
        if (info.getAnnotationsCount() == 0) {
            tree.putNull("Annotations");
        } else {
            var annotations = tree.putObject("Annotations");
            new TreeMap<>(info.getAnnotationsMap()).forEach(annotations::put);
        }
        session.terminal().line(Json.pretty(tree, "    "));
        return 0;
    }

    /// What is known is shown as what it is, and other things as bytes of their type.
    private static void put(ObjectNode tree, String name, Any any) throws InvalidProtocolBufferException {
        var type = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
        if (any.getTypeUrl().isEmpty()) {
            tree.putNull(name);
        } else if (type.equals(Options.getDescriptor().getFullName())) {
            tree.set(name, GoJson.of(Options.parseFrom(any.getValue())));
        } else if (type.equals("Features")) {
            tree.set(name, Json.object(any.getValue().toByteArray(), "features of the runtime"));
        } else {
            tree.putObject(name)
                    .put("type_url", any.getTypeUrl())
                    .put("value", any.getValue().toByteArray());
        }
    }

    private static int list(Line line, Session session) {
        var introspection = session.connect(line).stub(IntrospectionGrpc::newBlockingStub);
        var request =
                PluginsRequest.newBuilder().addAllFilters(line.arguments()).build();
        var plugins = Connection.call(() -> introspection.plugins(request)).getPluginsList();
        if (line.flag("quiet")) {
            plugins.forEach(plugin -> session.terminal().line(plugin.getId()));
            return 0;
        }
        session.terminal().out().print(line.flag("detailed") ? detailed(plugins) : table(plugins));
        return 0;
    }

    private static String table(List<Plugin> plugins) {
        var table = Table.wide().row("TYPE", "ID", "PLATFORMS", "STATUS");
        plugins.forEach(plugin -> table.row(plugin.getType(), plugin.getId(), platforms(plugin, "-"), status(plugin)));
        return table.text();
    }

    private static String status(Plugin plugin) {
        if (!plugin.hasInitErr()) {
            return "ok";
        }
        return plugin.getInitErr().getMessage().contains("skip plugin") ? "skip" : "error";
    }

    private static String platforms(Plugin plugin, String none) {
        var text = plugin.getPlatformsList().stream()
                .map(PluginVerbs::platform)
                .distinct()
                .sorted()
                .collect(Collectors.joining(","));
        return text.isEmpty() ? none : text;
    }

    private static String platform(Platform platform) {
        return new dev.coracle.base.Platform(platform.getOs(), platform.getArchitecture(), platform.getVariant())
                .toString();
    }

    private static String detailed(List<Plugin> plugins) {
        var table = Table.wide();
        for (var i = 0; i < plugins.size(); i++) {
            if (i > 0) {
                table.line("\t\t\t");
            }
            describe(table, plugins.get(i));
        }
        return table.text();
    }

    private static void describe(Table table, Plugin plugin) {
        table.line("Type:\t " + plugin.getType()).line("ID:\t " + plugin.getId());
        if (plugin.getRequiresCount() > 0) {
            table.line("Requires:\t");
            plugin.getRequiresList().forEach(type -> table.line("\t " + type));
        }
        if (plugin.getPlatformsCount() > 0) {
            table.line("Platforms:\t " + platforms(plugin, ""));
        }
        if (plugin.getExportsCount() > 0) {
            table.line("Exports:\t");
            plugin.getExportsMap().forEach((key, value) -> table.line("\t " + key + "\t " + value));
        }
        if (plugin.getCapabilitiesCount() > 0) {
            table.line("Capabilities:\t " + String.join(",", plugin.getCapabilitiesList()));
        }
        if (plugin.hasInitErr()) {
            table.line("Error:\t")
                    .line("\t Code:\t " + plugin.getInitErr().getCode())
                    .line("\t Message:\t " + plugin.getInitErr().getMessage());
        }
    }
}
