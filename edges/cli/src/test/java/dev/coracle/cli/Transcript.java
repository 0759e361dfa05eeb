package dev.coracle.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// A console transcript: commands and what they print, as a person would see it.
///
/// ```
/// # a remark: where the format is documented
/// $ coracle container prune < y
/// what goes to stdout
/// ! what goes to stderr
/// ? 1, the exit status, unless it is 0
/// ```
final class Transcript {
    private static final Pattern COMMAND = Pattern.compile("\\$ coracle (.*?)(?: < (.*))?");

    private Transcript() {}

    /// The commands in it, without the program's name.
    static List<String> commands(String text) {
        return text.lines()
                .map(COMMAND::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();
    }

    /// The same transcript as the program writes it now; remarks are kept.
    static String again(String text, Supplier<Client> clients) {
        var lines = new ArrayList<String>();
        for (var line : text.lines().toList()) {
            var matcher = COMMAND.matcher(line);
            if (line.startsWith("#")) {
                lines.add(line);
            } else if (matcher.matches()) {
                lines.add(line);
                var client = clients.get();
                if (matcher.group(2) != null) {
                    client.typing(matcher.group(2) + "\n");
                }
                var status = client.run(matcher.group(1));
                client.out().lines().forEach(lines::add);
                client.err().lines().forEach(each -> lines.add(("! " + each).stripTrailing()));
                if (status != 0) {
                    lines.add("? " + status);
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
