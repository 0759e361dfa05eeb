package dev.coracle.setup;

import dev.coracle.processes.Spawner;
import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import dev.coracle.setup.Finding.Warning;
import dev.coracle.userns.IdMap;
import dev.coracle.userns.IdRange;
import dev.coracle.userns.SubIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Ids that the account may use besides its own: images have files of many owners.
final class SubIdsProbe implements Probe {
    private static final String SUBJECT = "sub-ids";
    private static final long ENOUGH = 65536;
    private static final long FIRST = 100000;

    private final Spawner spawner;

    SubIdsProbe(Spawner spawner) {
        this.spawner = spawner;
    }

    @Override
    public String title() {
        return "sub-ids";
    }

    @Override
    public List<Finding> look(Ground ground) throws IOException, InterruptedException {
        var name = ground.account().name();
        var account = new SubIds.Account(
                name, ground.account().uid(), ground.account().gid());
        var ids = new SubIds(spawner, ground.program("getsubids"), ground.at("/etc"));
        IdMap users;
        IdMap groups;
        try {
            users = ids.users(account, SubIds.Source.AUTO);
            groups = ids.groups(account, SubIds.Source.AUTO);
        } catch (IOException wrong) {
            return List.of(new Finding.Obstacle(
                    SUBJECT, String.valueOf(wrong.getMessage()), Remedy.hint("mend that line of the file, as root")));
        }
        var findings = new ArrayList<Finding>();
        if (users.isSingle() != groups.isSingle()) {
            findings.add(new Finding.Obstacle(
                    SUBJECT,
                    users.isSingle()
                            ? name + " has sub-gids in /etc/subgid but no sub-uids in /etc/subuid"
                            : name + " has sub-uids in /etc/subuid but no sub-gids in /etc/subgid",
                    grant(ground, users.isSingle(), groups.isSingle())));
        } else if (users.isSingle()) {
            findings.add(new Warning(
                    SUBJECT,
                    "no entry for " + name + " in /etc/subuid and /etc/subgid: only one user can be inside a container",
                    grant(ground, true, true)));
        } else if (count(users) < ENOUGH || count(groups) < ENOUGH) {
            findings.add(new Warning(
                    SUBJECT,
                    "%s has %d sub-uids and %d sub-gids, fewer than %d: files of other owners in images cannot be unpacked"
                            .formatted(name, count(users), count(groups), ENOUGH),
                    grant(ground, count(users) < ENOUGH, count(groups) < ENOUGH)));
        } else {
            findings.add(new Fine(SUBJECT, count(users) + " sub-uids and " + count(groups) + " sub-gids"));
        }
        overlaps(ground, users, "/etc/subuid", findings);
        overlaps(ground, groups, "/etc/subgid", findings);
        return findings;
    }

    private static long count(IdMap map) {
        return map.ranges().stream().mapToLong(IdRange::count).sum();
    }

    private static void overlaps(Ground ground, IdMap own, String file, List<Finding> findings) {
        entries(ground, file).forEach((other, ranges) -> {
            var shares = !isOwn(ground, other)
                    && ranges.stream()
                            .anyMatch(range -> own.ranges().stream()
                                    .anyMatch(mine -> range.first() < mine.first() + mine.count()
                                            && mine.first() < range.first() + range.count()));
            if (shares) {
                findings.add(new Notice(
                        "sub-ids-shared",
                        file + " gives ids of " + ground.account().name() + " to " + other
                                + " as well: their containers can reach each other's files and processes",
                        Remedy.hint("give each account a range of its own in " + file)));
            }
        });
    }

    private static boolean isOwn(Ground ground, String entry) {
        return entry.equals(ground.account().name())
                || entry.equals(Long.toString(ground.account().uid()));
    }

    /// Who has which ranges; lines that are no entries are left out.
    private static Map<String, List<IdRange>> entries(Ground ground, String file) {
        var all = new TreeMap<String, List<IdRange>>();
        for (var line : ground.lines(file)) {
            var fields = line.strip().split(":", -1);
            if (fields.length == 3 && fields[1].matches("\\d{1,10}") && fields[2].matches("[1-9]\\d{0,9}")) {
                var first = Long.parseLong(fields[1]);
                var count = Long.parseLong(fields[2]);
                if (first + count <= 0xffffffffL) {
                    all.computeIfAbsent(fields[0], _ -> new ArrayList<>()).add(new IdRange(first, count));
                }
            }
        }
        return all;
    }

    /// A range behind all that are given away already.
    private static Remedy grant(Ground ground, boolean users, boolean groups) {
        var words = new StringBuilder("usermod");
        if (users) {
            words.append(" --add-subuids ").append(free(ground, "/etc/subuid"));
        }
        if (groups) {
            words.append(" --add-subgids ").append(free(ground, "/etc/subgid"));
        }
        return Remedy.root(words.append(" ").append(ground.account().name()).toString());
    }

    private static String free(Ground ground, String file) {
        var first = entries(ground, file).values().stream()
                .flatMap(List::stream)
                .mapToLong(range -> range.first() + range.count())
                .reduce(FIRST, Math::max);
        return first + "-" + (first + ENOUGH - 1);
    }
}
