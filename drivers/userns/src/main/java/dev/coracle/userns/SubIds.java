package dev.coracle.userns;

import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds out which ids an account may use besides its own.
public final class SubIds {
    /// Where sub-ids are looked up.
    public enum Source {
        /// By getsubids, and where that is missing or finds none, in the files.
        AUTO,
        /// By getsubids, which also asks a directory service.
        DYNAMIC,
        /// In /etc/subuid and /etc/subgid.
        STATIC
    }

    /// The account on whose behalf we run. `name` is empty when nobody knows it.
    public record Account(String name, long uid, long gid) {
        List<String> names() {
            return name.isEmpty() ? List.of(Long.toString(uid)) : List.of(name, Long.toString(uid));
        }
    }

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Spawner spawner;
    private final Optional<Path> getsubids;
    private final Path etc;

    /// @param etc the directory of subuid and subgid
    public SubIds(Spawner spawner, Optional<Path> getsubids, Path etc) {
        this.spawner = spawner;
        this.getsubids = getsubids;
        this.etc = etc;
    }

    public IdMap users(Account account, Source source) throws IOException, InterruptedException {
        return IdMap.of(account.uid(), find(account, source, "subuid", List.of()));
    }

    /// Groups are granted to the user, by its name or number.
    public IdMap groups(Account account, Source source) throws IOException, InterruptedException {
        return IdMap.of(account.gid(), find(account, source, "subgid", List.of("-g")));
    }

    private List<IdRange> find(Account account, Source source, String file, List<String> option)
            throws IOException, InterruptedException {
        return switch (source) {
            case STATIC -> fromFile(account, file);
            case DYNAMIC -> fromProgram(account, option);
            case AUTO -> {
                // when the files are all there is, reading them gives the answer of getsubids without starting it
                if (!usesDirectoryService() || getsubids.isEmpty()) {
                    yield fromFile(account, file);
                }
                var found = fromProgram(account, option);
                yield found.isEmpty() ? fromFile(account, file) : found;
            }
        };
    }

    /// Whether nsswitch.conf sends `subid` anywhere but to the files.
    private boolean usesDirectoryService() throws IOException {
        try {
            return Files.readAllLines(etc.resolve("nsswitch.conf")).stream()
                    .map(String::strip)
                    .anyMatch(line -> line.startsWith("subid:")
                            && !line.substring("subid:".length()).strip().equals("files"));
        } catch (NoSuchFileException missing) {
            return false;
        }
    }

    private List<IdRange> fromFile(Account account, String file) throws IOException {
        try {
            return parseFile(Files.readAllLines(etc.resolve(file)), account);
        } catch (NoSuchFileException missing) {
            return List.of();
        }
    }

    /// Lines are `name-or-uid:first:count`. A line of somebody else that cannot be read is not our business.
    static List<IdRange> parseFile(List<String> lines, Account account) throws UsernsException {
        var ranges = new ArrayList<IdRange>();
        for (var line : lines) {
            var fields = line.strip().split(":", -1);
            if (account.names().contains(fields[0])) {
                if (fields.length != 3) {
                    throw new UsernsException("read sub-ids: not of the form name:first:count: " + line);
                }
                ranges.add(range(fields[1], fields[2], line));
            }
        }
        return List.copyOf(ranges);
    }

    private List<IdRange> fromProgram(Account account, List<String> option) throws IOException, InterruptedException {
        var program = getsubids.orElseThrow(() -> new UsernsException(
                "look up sub-ids: the program getsubids is not installed",
                "install the package uidmap, or use --subid-source=static"));
        var ranges = new ArrayList<IdRange>();
        for (var name : account.names()) {
            var words = new ArrayList<>(option);
            words.add(name);
            // it fails when it knows no ranges, which is an answer
            var ended = spawner.run(Command.of(program, words), LIMIT);
            if (ended.isSuccess()) {
                ranges.addAll(parseProgram(ended.output()));
            }
        }
        return List.copyOf(ranges);
    }

    /// Lines are `0: name first count`.
    static List<IdRange> parseProgram(String output) throws UsernsException {
        var ranges = new ArrayList<IdRange>();
        for (var line : output.lines().filter(each -> !each.isBlank()).toList()) {
            var fields = line.strip().split("\\s+");
            if (fields.length != 4) {
                throw new UsernsException("look up sub-ids: unexpected answer of getsubids: " + line);
            }
            ranges.add(range(fields[2], fields[3], line));
        }
        return List.copyOf(ranges);
    }

    private static IdRange range(String first, String count, String line) throws UsernsException {
        try {
            return new IdRange(Long.parseLong(first), Long.parseLong(count));
        } catch (IllegalArgumentException wrong) {
            throw new UsernsException("read sub-ids: not a range: " + line, null, wrong);
        }
    }
}
