package dev.coracle.rootlesskit;

import dev.coracle.linux.Fd;
import dev.coracle.userns.BootChannel;
import dev.coracle.userns.BootMessage.Failed;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.util.Optional;

/// The program inside the namespaces, before it becomes the command.
public final class ChildMain {
    private ChildMain() {}

    /// @param words the two descriptors of the pipes to the parent
    public static void main(String[] words) throws Exception {
        var channel = new BootChannel(Fd.adopt(Integer.parseInt(words[0])), Fd.adopt(Integer.parseInt(words[1])));
        System.exit(run(channel));
    }

    private static int run(BootChannel channel) throws IOException, InterruptedException {
        try {
            return new Child(channel, System.getenv(), System.err).run();
        } catch (IOException failure) {
            var remedy = failure instanceof UsernsException userns ? userns.remedy() : Optional.<String>empty();
            try {
                channel.send(new Failed(String.valueOf(failure.getMessage()), remedy));
            } catch (IOException nobody) {
                // the parent has ended, and with it whoever could be told
            }
            return 1;
        }
    }
}
