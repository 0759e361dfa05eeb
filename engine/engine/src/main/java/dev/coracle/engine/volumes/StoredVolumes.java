package dev.coracle.engine.volumes;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.files.FileTree;
import dev.coracle.core.files.FileTrees;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import dev.coracle.engine.events.EngineEvent;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.filters.PruneFilter;
import dev.coracle.oci.Documents;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Volumes as directories below the engine's root, and as documents. The document comes first and goes last, so that
/// no directory is without one.
public final class StoredVolumes implements Volumes {
    private static final String KIND = "volume";
    private static final String OWNED = "volume-owned";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final int LONGEST_NAME = 200;

    private final String namespace;
    private final Path root;
    private final Records records;
    private final FileTrees files;
    private final Function<String, List<String>> users;
    private final EngineEvents events;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// What volumes need.
    public record Parts(
            Records records,
            FileTrees files,
            EngineEvents events,
            InstantSource clock,
            RandomGenerator random,
            Path root) {}

    /// @param users the names of containers that use a volume
    public StoredVolumes(String namespace, Parts parts, Function<String, List<String>> users) {
        this.namespace = namespace;
        this.root = parts.root().resolve("volumes").resolve(namespace);
        this.records = parts.records();
        this.files = parts.files();
        this.events = parts.events();
        this.clock = parts.clock();
        this.random = parts.random();
        this.users = users;
    }

    private String key(String name) {
        return namespace + "/" + name;
    }

    @Override
    public Volume create(String name, Map<String, String> labels) {
        return create(name, labels, List.of());
    }

    @Override
    public Volume createOwned() {
        var name = random();
        return create(name, Map.of(), List.of(new Change.Put(OWNED, key(name), "{}")));
    }

    @Override
    public void disown(String name) {
        records.apply(List.of(new Change.Delete(OWNED, key(name))));
    }

    @Override
    public void recover() {
        for (var key : records.list(OWNED, namespace + "/").keySet()) {
            var name = key.substring(namespace.length() + 1);
            if (users.apply(name).isEmpty()) {
                try {
                    remove(name);
                } catch (NotFound _) {
                    disown(name);
                }
            }
        }
    }

    /// The namespaces in which a container owns a volume.
    public static Set<String> namespacesOfOwned(Records records) {
        return records.list(OWNED, "").keySet().stream()
                .map(key -> key.substring(0, key.indexOf('/')))
                .collect(Collectors.toSet());
    }

    private Volume create(String name, Map<String, String> labels, List<Change> more) {
        var anonymous = name.isEmpty() || !more.isEmpty();
        var chosen = name.isEmpty() ? random() : name;
        if (!NAME.matcher(chosen).matches() || chosen.length() > LONGEST_NAME) {
            throw new InvalidArgument("volume name \"" + name + "\" includes invalid characters, only "
                    + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed, and at most " + LONGEST_NAME + " of them");
        }
        var directory = root.resolve(chosen).resolve("_data");
        var volume = new Volume(chosen, labels, anonymous, directory, clock.instant());
        try {
            var changes = new ArrayList<>(more);
            changes.add(new Change.Create(KIND, key(chosen), Documents.write(volume)));
            records.apply(changes);
        } catch (AlreadyExists _) {
            // perhaps its directory was lost between the two steps
            files.makeDirectory(directory);
            return get(chosen);
        }
        files.makeDirectory(directory);
        tell("create", chosen);
        return volume;
    }

    private String random() {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void tell(String action, String name) {
        events.publish(new EngineEvent("volume", action, name, Map.of("driver", "local"), clock.instant()));
    }

    @Override
    public Volume get(String name) {
        return (name.isEmpty() ? java.util.Optional.<String>empty() : records.find(KIND, key(name)))
                .map(text -> Documents.read(Volume.class, text))
                .orElseThrow(() -> new NotFound("no such volume: " + name));
    }

    @Override
    public List<Volume> list() {
        return records.list(KIND, namespace + "/").values().stream()
                .map(text -> Documents.read(Volume.class, text))
                .toList();
    }

    @Override
    public long size(String name) {
        return files.size(new FileTree.At(get(name).mountpoint()));
    }

    @Override
    public void remove(String name) {
        var volume = get(name);
        var using = users.apply(name);
        if (!using.isEmpty()) {
            throw new FailedPrecondition("remove " + name + ": volume is in use - [" + String.join(", ", using) + "]");
        }
        files.remove(root.resolve(volume.name()));
        records.apply(List.of(new Change.Delete(KIND, key(name)), new Change.Delete(OWNED, key(name))));
        tell("destroy", name);
    }

    @Override
    public List<String> users(String name) {
        return users.apply(name);
    }

    @Override
    public Pruned prune(boolean named, PruneFilter filter) {
        var names = new ArrayList<String>();
        var bytes = 0L;
        for (var volume : list()) {
            if ((named || volume.anonymous())
                    && filter.matches(volume.createdAt(), volume.labels())
                    && users.apply(volume.name()).isEmpty()) {
                bytes += size(volume.name());
                remove(volume.name());
                names.add(volume.name());
            }
        }
        return new Pruned(names, bytes);
    }
}
