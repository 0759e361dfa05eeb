package dev.coracle.mounts;

import dev.coracle.linux.MountFlag;
import dev.coracle.linux.Propagation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The options of a mount, sorted into what mount(2) takes as flags and what is the file system's
/// own business (mount(8), "FILESYSTEM-INDEPENDENT MOUNT OPTIONS").
record MountOptions(Set<MountFlag> flags, Optional<Propagation> propagation, List<String> data) {
    private static final Map<String, MountFlag> SET = Map.ofEntries(
            Map.entry("ro", MountFlag.READ_ONLY),
            Map.entry("nosuid", MountFlag.NO_SUID),
            Map.entry("nodev", MountFlag.NO_DEV),
            Map.entry("noexec", MountFlag.NO_EXEC),
            Map.entry("sync", MountFlag.SYNCHRONOUS),
            Map.entry("remount", MountFlag.REMOUNT),
            Map.entry("bind", MountFlag.BIND),
            Map.entry("nosymfollow", MountFlag.NO_SYMLINK_FOLLOW),
            Map.entry("noatime", MountFlag.NO_ACCESS_TIME),
            Map.entry("nodiratime", MountFlag.NO_DIRECTORY_ACCESS_TIME),
            Map.entry("relatime", MountFlag.RELATIVE_ACCESS_TIME),
            Map.entry("strictatime", MountFlag.STRICT_ACCESS_TIME),
            Map.entry("silent", MountFlag.SILENT));

    private static final Map<String, MountFlag> CLEARED = Map.ofEntries(
            Map.entry("rw", MountFlag.READ_ONLY),
            Map.entry("suid", MountFlag.NO_SUID),
            Map.entry("dev", MountFlag.NO_DEV),
            Map.entry("exec", MountFlag.NO_EXEC),
            Map.entry("async", MountFlag.SYNCHRONOUS),
            Map.entry("atime", MountFlag.NO_ACCESS_TIME),
            Map.entry("diratime", MountFlag.NO_DIRECTORY_ACCESS_TIME),
            Map.entry("norelatime", MountFlag.RELATIVE_ACCESS_TIME),
            Map.entry("nostrictatime", MountFlag.STRICT_ACCESS_TIME),
            Map.entry("loud", MountFlag.SILENT));

    private static final Map<String, Propagation> PROPAGATION = Map.of(
            "private", Propagation.PRIVATE,
            "rprivate", Propagation.RPRIVATE,
            "slave", Propagation.SLAVE,
            "rslave", Propagation.RSLAVE,
            "shared", Propagation.SHARED,
            "rshared", Propagation.RSHARED,
            "unbindable", Propagation.UNBINDABLE);

    MountOptions {
        flags = Set.copyOf(flags);
        data = List.copyOf(data);
    }

    /// Later options win over earlier ones.
    static MountOptions parse(List<String> options) {
        var flags = EnumSet.noneOf(MountFlag.class);
        var propagation = Optional.<Propagation>empty();
        var data = new ArrayList<String>();
        for (var option : options) {
            if (PROPAGATION.containsKey(option)) {
                propagation = Optional.ofNullable(PROPAGATION.get(option));
            } else if (!change(option, flags)) {
                data.add(option);
            }
        }
        return new MountOptions(flags, propagation, data);
    }

    private static boolean change(String option, EnumSet<MountFlag> flags) {
        if (option.isEmpty() || option.equals("defaults")) {
            return true;
        }
        if (option.equals("rbind")) {
            flags.addAll(Set.of(MountFlag.BIND, MountFlag.RECURSIVE));
            return true;
        }
        return change(SET, option, flags::add) || change(CLEARED, option, flags::remove);
    }

    private static boolean change(Map<String, MountFlag> words, String option, Consumer<MountFlag> change) {
        var flag = words.get(option);
        if (flag != null) {
            change.accept(flag);
        }
        return flag != null;
    }

    boolean has(MountFlag flag) {
        return flags.contains(flag);
    }

    String joinedData() {
        return String.join(",", data);
    }
}
