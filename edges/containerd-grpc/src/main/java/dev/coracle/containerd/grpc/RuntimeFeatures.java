package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.containerd.api.types.RuntimeInfo;
import dev.coracle.containerd.api.types.RuntimeRequest;
import dev.coracle.containerd.api.types.RuntimeVersion;

/// What clients are told about a runtime before they write a specification for it: the one that is
/// part of this daemon, or one that is asked itself.
final class RuntimeFeatures {
    static final String NAME = "io.containerd.runc.v2";
    private static final String TYPE = "types.containerd.io/opencontainers/runtime-spec/1/features/Features";

    /// In the form of the runtime specification's features document: what crun and runc share.
    private static final String FEATURES = """
            {"ociVersionMin":"1.0.0","ociVersionMax":"1.0.2",
            "hooks":["prestart","createRuntime","createContainer","startContainer","poststart","poststop"],
            "mountOptions":["async","atime","bind","defaults","dev","diratime","dirsync","exec","iversion","lazytime",
            "loud","mand","noatime","nodev","nodiratime","noexec","noiversion","nolazytime","nomand","norelatime",
            "nostrictatime","nosuid","private","rbind","relatime","remount","ro","rprivate","rro","rshared","rslave",
            "runbindable","rw","shared","silent","slave","strictatime","suid","sync","tmpcopyup","unbindable"],
            "linux":{"namespaces":["cgroup","ipc","mount","network","pid","user","uts"],
            "cgroup":{"v1":false,"v2":true,"systemd":true,"systemdUser":true},
            "seccomp":{"enabled":true},"apparmor":{"enabled":true},"selinux":{"enabled":false}}}
            """;

    private RuntimeFeatures() {}

    /// @throws dev.coracle.base.EngineException.NotFound when there is no such runtime
    static RuntimeInfo of(Any options, DaemonIdentity identity, ContainerdServer.RuntimeInfos others) {
        try {
            var request =
                    options.getTypeUrl().equals(RuntimeRequest.getDescriptor().getFullName())
                            ? RuntimeRequest.parseFrom(options.getValue())
                            : RuntimeRequest.getDefaultInstance();
            var runtime = request.getRuntimePath();
            return runtime.isEmpty() || runtime.equals(NAME)
                    ? own(identity)
                    : RuntimeInfo.parseFrom(others.of(runtime, Wire.bytes(request.getOptions())));
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidArgument("malformed " + options.getTypeUrl(), e);
        }
    }

    private static RuntimeInfo own(DaemonIdentity identity) {
        return RuntimeInfo.newBuilder()
                .setName(NAME)
                .setVersion(RuntimeVersion.newBuilder()
                        .setVersion(identity.version())
                        .setRevision(identity.revision()))
                .setFeatures(Any.newBuilder().setTypeUrl(TYPE).setValue(ByteString.copyFromUtf8(FEATURES)))
                .build();
    }
}
