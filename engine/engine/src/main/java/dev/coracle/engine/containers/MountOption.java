package dev.coracle.engine.containers;

import java.nio.file.Path;
import java.util.List;

/// A mount that somebody asks for.
public sealed interface MountOption {
    /// Absolute, in the container.
    String target();

    /// A file or directory of the host.
    ///
    /// @param source absolute, in the caller's view
    /// @param createSource whether a missing source is made as a directory (`-v`), or is an error (`--mount`)
    /// @param options of mount(8): `rprivate`, `rslave`, `rshared`, `private`, `slave`, `shared`, `bind`
    ///     (not recursively), `rro`
    record Bind(Path source, String target, boolean readOnly, boolean createSource, List<String> options)
            implements MountOption {
        public Bind {
            options = List.copyOf(options);
        }
    }

    /// A volume; without a name an anonymous one.
    ///
    /// @param copy whether an empty volume gets what the image has in this place
    record Named(String name, String target, boolean readOnly, boolean copy, List<String> options)
            implements MountOption {
        public Named {
            options = List.copyOf(options);
        }
    }

    /// Memory.
    ///
    /// @param options of mount(8): `size=64m`, `mode=1777`, `noexec` ...
    record Tmpfs(String target, List<String> options) implements MountOption {
        public Tmpfs {
            options = List.copyOf(options);
        }
    }
}
