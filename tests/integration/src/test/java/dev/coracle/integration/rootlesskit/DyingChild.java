package dev.coracle.integration.rootlesskit;

import dev.coracle.linux.Fd;
import dev.coracle.userns.BootChannel;
import dev.coracle.userns.BootMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Plays the launcher's half inside up to a point, and dies there.
final class DyingChild {
    private DyingChild() {}

    /// @param words how many messages it sends, and the two descriptors of the pipes to the parent
    public static void main(String[] words) throws Exception {
        var channel = new BootChannel(Fd.adopt(Integer.parseInt(words[1])), Fd.adopt(Integer.parseInt(words[2])));
        var left = Integer.parseInt(words[0]);
        end(left--);
        channel.send(new BootMessage.Hello(
                BootMessage.VERSION,
                Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString())));
        end(left--);
        var _ = channel.receive(); // what to become
        var _ = channel.receive(); // ids are mapped
        channel.send(new BootMessage.NamespacesReady());
        end(left--);
        var _ = channel.receive(); // the network is there
        channel.send(new BootMessage.Ready(List.of()));
        end(left--);
        var _ = channel.receive(); // go
        end(left);
    }

    private static void end(int left) {
        if (left == 0) {
            System.exit(77);
        }
    }
}
