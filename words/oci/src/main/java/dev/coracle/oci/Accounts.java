package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The users and groups of an image: its `/etc/passwd` and `/etc/group`, and what an image's or a
/// person's `user[:group]` means in them.
public final class Accounts {
    private static final long LARGEST = Integer.MAX_VALUE;

    private final List<String[]> users;
    private final List<String[]> groups;

    /// Takes the two files; what is malformed in them is skipped.
    public Accounts(String passwd, String group) {
        users = lines(passwd, 4);
        groups = lines(group, 3);
    }

    private static List<String[]> lines(String text, int fields) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> line.split(":", -1))
                .filter(line -> line.length >= fields && number(line[2]).isPresent())
                .toList();
    }

    /// A user and the main group.
    public record Ids(long uid, long gid) {}

    /// What `name`, `uid`, `name:group`, `uid:gid` and their mixtures mean. A number that no
    /// account has stands for itself, with group 0.
    ///
    /// @throws InvalidArgument when a name is unknown or a number out of range
    public Ids resolve(String user) {
        var parts = user.split(":", -1);
        if (parts.length > 2 || parts[0].isEmpty()) {
            throw new InvalidArgument("invalid USER value \"" + user + "\"");
        }
        var uid = checked(user, parts[0], "uid");
        var account = uid.isPresent() ? byId(uid.getAsLong()) : byName(parts[0]);
        if (uid.isEmpty() && account.isEmpty()) {
            throw new InvalidArgument("no users found: the image has no user \"" + parts[0] + "\"");
        }
        var id = uid.orElseGet(() -> account.orElseThrow().uid());
        return new Ids(
                id,
                parts.length == 2
                        ? group(user, parts[1])
                        : account.map(Ids::gid).orElse(0L));
    }

    /// Whether this needs no file to be understood.
    public static boolean isNumeric(String user) {
        return user.matches("[0-9]+:[0-9]+");
    }

    private long group(String user, String text) {
        return checked(user, text, "gid")
                .orElseGet(() -> groups.stream()
                        .filter(group -> group[0].equals(text))
                        .findFirst()
                        .map(group -> number(group[2]).orElseThrow())
                        .orElseThrow(
                                () -> new InvalidArgument("no groups found: the image has no group \"" + text + "\"")));
    }

    /// The groups that list a user (by name or number) as a member.
    public List<Long> additionalGroups(String user) {
        var uid = number(user);
        var name = uid.isEmpty()
                ? user
                : users.stream()
                        .filter(account -> number(account[2]).equals(uid))
                        .map(account -> account[0])
                        .findFirst()
                        .orElse("");
        if (name.isEmpty()) {
            return List.of();
        }
        return groups.stream()
                .filter(group -> !group[0].equals(name) && group.length > 3)
                .filter(group -> Stream.of(group[3].split(",")).anyMatch(name::equals))
                .map(group -> number(group[2]).orElseThrow())
                .toList();
    }

    private Optional<Ids> byName(String name) {
        return users.stream()
                .filter(account -> account[0].equals(name))
                .findFirst()
                .map(Accounts::ids);
    }

    private Optional<Ids> byId(long uid) {
        return users.stream()
                .filter(account -> number(account[2]).equals(OptionalLong.of(uid)))
                .findFirst()
                .map(Accounts::ids);
    }

    private static Ids ids(String[] account) {
        return new Ids(number(account[2]).orElseThrow(), number(account[3]).orElse(0));
    }

    private static OptionalLong checked(String user, String text, String what) {
        if (!text.matches("-?[0-9]+")) {
            return OptionalLong.empty();
        }
        var number = number(text);
        if (number.isEmpty()) {
            throw new InvalidArgument("invalid USER value \"" + user + "\": " + what + " out of range");
        }
        return number;
    }

    private static OptionalLong number(String text) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > LARGEST) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}
