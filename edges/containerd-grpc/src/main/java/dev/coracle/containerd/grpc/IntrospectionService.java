package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import com.google.rpc.Status;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.PluginInfoRequest;
import dev.coracle.containerd.api.introspection.PluginInfoResponse;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.introspection.PluginsResponse;
import dev.coracle.containerd.api.introspection.ServerResponse;
import dev.coracle.containerd.api.types.Platform;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What this daemon consists of. On the way of every pull and run: clients ask for the
/// snapshotter's capabilities first.
final class IntrospectionService extends IntrospectionGrpc.IntrospectionImplBase {
    private final DaemonIdentity identity;
    private final Supplier<List<Plugin>> plugins;
    private final ContainerdServer.RuntimeInfos runtimes;
    private final Platform platform;

    IntrospectionService(ContainerdServer.About about, ContainerdServer.RuntimeInfos runtimes) {
        this.identity = about.identity();
        this.plugins = about.plugins();
        this.runtimes = runtimes;
        this.platform = Platform.newBuilder()
                .setOs("linux")
                .setArchitecture(about.architecture())
                .build();
    }

    @Override
    public void server(Empty request, StreamObserver<ServerResponse> reply) {
        Reply.with(
                reply,
                () -> ServerResponse.newBuilder()
                        .setUuid(identity.uuid())
                        .setPid(identity.pid())
                        .setPidns(identity.pidNamespace())
                        .build());
    }

    @Override
    public void plugins(PluginsRequest request, StreamObserver<PluginsResponse> reply) {
        Reply.with(reply, () -> {
            var filters = Filter.parse(request.getFiltersList());
            return PluginsResponse.newBuilder()
                    .addAllPlugins(plugins.get().stream()
                            .filter(plugin -> Filter.any(filters, path -> field(plugin, path)))
                            .map(this::encode)
                            .toList())
                    .build();
        });
    }

    @Override
    public void pluginInfo(PluginInfoRequest request, StreamObserver<PluginInfoResponse> reply) {
        Reply.with(reply, () -> {
            var found = plugins.get().stream()
                    .filter(plugin -> plugin.type().equals(request.getType())
                            && plugin.id().equals(request.getId()))
                    .findFirst()
                    .orElseThrow(() -> new NotFound("plugin " + request.getType() + "." + request.getId()));
            var answer = PluginInfoResponse.newBuilder().setPlugin(encode(found));
            if (found.type().equals("io.containerd.runtime.v2") && found.id().equals("task")) {
                answer.setExtra(Wire.any(RuntimeFeatures.of(request.getOptions(), identity, runtimes)));
            }
            return answer.build();
        });
    }

    private static Optional<String> field(Plugin plugin, List<String> path) {
        return switch (path.getFirst()) {
            case "type" -> Optional.of(plugin.type());
            case "id" -> Optional.of(plugin.id());
            default -> Optional.empty();
        };
    }

    private dev.coracle.containerd.api.introspection.Plugin encode(Plugin plugin) {
        var encoded = dev.coracle.containerd.api.introspection.Plugin.newBuilder()
                .setType(plugin.type())
                .setId(plugin.id())
                .addAllRequires(plugin.requires())
                .putAllExports(plugin.exports())
                .addAllCapabilities(plugin.capabilities());
        if (plugin.type().startsWith("io.containerd.runtime.")
                || plugin.type().startsWith("io.containerd.snapshotter.")
                || plugin.type().startsWith("io.containerd.differ.")) {
            encoded.addPlatforms(plugin.platform()
                    .map(other -> Platform.newBuilder()
                            .setOs(other.os())
                            .setArchitecture(other.architecture())
                            .setVariant(other.variant())
                            .build())
                    .orElse(platform));
        }
        plugin.initError()
                .ifPresent(error -> encoded.setInitErr(
                        Status.newBuilder().setCode(Code.UNKNOWN.value()).setMessage(error)));
        return encoded.build();
    }
}
