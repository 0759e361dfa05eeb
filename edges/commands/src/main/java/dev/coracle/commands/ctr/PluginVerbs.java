package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.Plugin;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.types.Platform;
import java.util.List;
import java.util.stream.Collectors;

/// `ctr plugins`: what the daemon is made of.
final class PluginVerbs {
    private PluginVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "plugins plugin",
                "Provides information about containerd plugins",
                List.of(Verb.of(
                        "list ls",
                        "Lists containerd plugins",
                        "[flags] [<filter>, ...]",
                        List.of(
                                Flag.bool("quiet q", "Print only the plugin ids"),
                                Flag.bool("detailed d", "Print everything known about each plugin")),
                        PluginVerbs::list)));
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
