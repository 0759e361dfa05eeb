package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Tree;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command on one fixed engine ([Ship]), compared to the last blank with a transcript in
/// the formats that docker and nerdctl document. `-Dcoracle.golden=FOLDER` writes what the
/// program prints now, to be read before it is taken over.
class GoldenTest {
    /// What cannot be shown in a transcript, and where it is shown instead.
    private static final Set<String> ELSEWHERE = Set.of(
            "__complete", // CliTest: answers of the shell's completion
            "completion", // a script, tried by a shell
            "cp", // TarTest, CliTest: archives
            "container cp");

    private static Path folder() throws URISyntaxException {
        var resource = GoldenTest.class.getResource("golden");
        if (resource == null) {
            throw new IllegalStateException("no transcripts");
        }
        return Path.of(resource.toURI());
    }

    static List<Path> transcripts() throws IOException, URISyntaxException {
        try (var files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void a_transcript_can_be_had_again(Path file) throws IOException {
        var text = Files.readString(file);
        var now = Transcript.again(text, Ship::client);
        var written = System.getProperty("coracle.golden");
        if (written != null) {
            Files.writeString(Path.of(written).resolve(file.getFileName().toString()), now);
        }
        assertThat(now).isEqualTo(text);
    }

    @Test
    void every_command_is_in_one() throws Exception {
        var shown = new HashSet<String>();
        for (var file : transcripts()) {
            Transcript.commands(Files.readString(file)).forEach(command -> {
                var words = command.split(" ");
                shown.add(words[0]);
                shown.add(words.length > 1 ? words[0] + " " + words[1] : words[0]);
            });
        }
        assertThat(names(Commands.tree()).filter(name -> !ELSEWHERE.contains(name)))
                .allSatisfy(name -> assertThat(shown).contains(name));
    }

    /// A command of a group that is also one of its own is shown under either name.
    private static Stream<String> names(Tree tree) {
        var own = tree.commands().stream().map(Command::name).toList();
        var grouped = tree.groups().stream()
                .flatMap(group -> group.commands().stream()
                        .map(Command::name)
                        .filter(name -> !own.contains(name))
                        .map(name -> group.name() + " " + name));
        return Stream.concat(own.stream(), grouped);
    }
}
