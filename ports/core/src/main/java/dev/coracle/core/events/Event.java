package dev.coracle.core.events;

import dev.coracle.core.mounts.Mount;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What can happen. The topic of each is part of containerd's contract.
public sealed interface Event {
    /// `/containers/create` and so on.
    String topic();

    record ContainerCreated(String id, String image, String runtime, TypedBytes options) implements Event {
        @Override
        public String topic() {
            return "/containers/create";
        }
    }

    record ContainerUpdated(String id, String image, Map<String, String> labels, String snapshotKey) implements Event {
        @Override
        public String topic() {
            return "/containers/update";
        }
    }

    record ContainerDeleted(String id) implements Event {
        @Override
        public String topic() {
            return "/containers/delete";
        }
    }

    record ContentCreated(String digest, long size) implements Event {
        @Override
        public String topic() {
            return "/content/create";
        }
    }

    record ContentDeleted(String digest) implements Event {
        @Override
        public String topic() {
            return "/content/delete";
        }
    }

    record ImageCreated(String name, Map<String, String> labels) implements Event {
        @Override
        public String topic() {
            return "/images/create";
        }
    }

    record ImageUpdated(String name, Map<String, String> labels) implements Event {
        @Override
        public String topic() {
            return "/images/update";
        }
    }

    record ImageDeleted(String name) implements Event {
        @Override
        public String topic() {
            return "/images/delete";
        }
    }

    record NamespaceCreated(String name, Map<String, String> labels) implements Event {
        @Override
        public String topic() {
            return "/namespaces/create";
        }
    }

    record NamespaceUpdated(String name, Map<String, String> labels) implements Event {
        @Override
        public String topic() {
            return "/namespaces/update";
        }
    }

    record NamespaceDeleted(String name) implements Event {
        @Override
        public String topic() {
            return "/namespaces/delete";
        }
    }

    record SnapshotPrepared(String key, String parent, String snapshotter) implements Event {
        @Override
        public String topic() {
            return "/snapshot/prepare";
        }
    }

    record SnapshotCommitted(String key, String name, String snapshotter) implements Event {
        @Override
        public String topic() {
            return "/snapshot/commit";
        }
    }

    record SnapshotRemoved(String key, String snapshotter) implements Event {
        @Override
        public String topic() {
            return "/snapshot/remove";
        }
    }

    record TaskCreated(String containerId, String bundle, List<Mount> rootfs, Stdio io, String checkpoint, int pid)
            implements Event {
        @Override
        public String topic() {
            return "/tasks/create";
        }
    }

    record TaskStarted(String containerId, int pid) implements Event {
        @Override
        public String topic() {
            return "/tasks/start";
        }
    }

    /// `id` is the container's id for the init process, the exec id otherwise.
    record TaskExited(String containerId, String id, int pid, int exitStatus, Instant exitedAt) implements Event {
        @Override
        public String topic() {
            return "/tasks/exit";
        }
    }

    record TaskDeleted(String containerId, int pid, int exitStatus, Instant exitedAt, String id) implements Event {
        @Override
        public String topic() {
            return "/tasks/delete";
        }
    }

    record TaskExecAdded(String containerId, String execId) implements Event {
        @Override
        public String topic() {
            return "/tasks/exec-added";
        }
    }

    record TaskExecStarted(String containerId, String execId, int pid) implements Event {
        @Override
        public String topic() {
            return "/tasks/exec-started";
        }
    }

    record TaskOutOfMemory(String containerId) implements Event {
        @Override
        public String topic() {
            return "/tasks/oom";
        }
    }

    record TaskPaused(String containerId) implements Event {
        @Override
        public String topic() {
            return "/tasks/paused";
        }
    }

    record TaskResumed(String containerId) implements Event {
        @Override
        public String topic() {
            return "/tasks/resumed";
        }
    }

    record TaskCheckpointed(String containerId, String checkpoint) implements Event {
        @Override
        public String topic() {
            return "/tasks/checkpointed";
        }
    }

    record SandboxCreated(String id) implements Event {
        @Override
        public String topic() {
            return "/sandboxes/create";
        }
    }

    record SandboxStarted(String id) implements Event {
        @Override
        public String topic() {
            return "/sandboxes/start";
        }
    }

    /// Somebody who waited was told of the end; several waiters make several events.
    record SandboxExited(String id, int exitStatus, Instant exitedAt) implements Event {
        @Override
        public String topic() {
            return "/sandboxes/exit";
        }
    }

    /// Published by a client or a shim under a topic of its own; passed on as it came.
    record Foreign(String topic, TypedBytes payload) implements Event {}
}
