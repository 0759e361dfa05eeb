package dev.coracle.core.mounts;

import java.util.List;

/// One mount as containerd's API describes it: type (`bind`, `overlay`, `fuse3.fuse-overlayfs`
/// ...), source, target beneath the root being assembled (empty: the root itself) and options as
/// in fstab.
public record Mount(String type, String source, String target, List<String> options) {
    public Mount {
        options = List.copyOf(options);
    }

    public Mount(String type, String source, List<String> options) {
        this(type, source, "", options);
    }
}
