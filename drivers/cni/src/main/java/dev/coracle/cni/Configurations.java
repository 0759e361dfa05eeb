package dev.coracle.cni;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.oci.CniList;
import dev.coracle.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// The files of a directory that describe networks. They are read anew for every question: whoever
/// writes one needs to tell nobody.
final class Configurations {
    private static final System.Logger LOGGER = System.getLogger(Configurations.class.getName());
    private static final List<String> ENDINGS = List.of(".conflist", ".conf", ".json");

    private final Path directory;
    /// Files that are not understood, and why: said once for each reason.
    private final Map<Path, String> complaints = new ConcurrentHashMap<>();

    Configurations(Path directory) {
        this.directory = directory;
    }

    /// A description and where it stands.
    record Described(Path file, CniList list) {}

    /// By name. Of two files with one name the first counts, as for other programs that read them.
    Map<String, Described> all() {
        var found = new TreeMap<String, Described>();
        for (var file : files()) {
            try {
                var list = CniList.parse(read(file), "CNI configuration " + file);
                var before = found.putIfAbsent(list.name(), new Described(file, list));
                if (before != null) {
                    complain(
                            file, file + ": network " + list.name() + " is described by " + before.file() + " already");
                }
            } catch (EngineException refused) {
                complain(file, refused.message());
            } catch (IOException unreadable) {
                complain(file, "read CNI configuration: " + unreadable);
            }
        }
        return found;
    }

    private List<Path> files() {
        var found = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                if (ENDINGS.stream().anyMatch(file.toString()::endsWith)) {
                    found.add(file);
                }
            }
        } catch (NoSuchFileException nobodyDescribesAny) {
            return List.of();
        } catch (IOException unreadable) {
            complain(directory, "read CNI configurations: " + unreadable);
        }
        found.sort(null);
        return found;
    }

    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(Json.LARGEST + 1);
            if (bytes.length > Json.LARGEST) {
                throw new InvalidArgument("CNI configuration " + file + " is larger than " + Json.LARGEST + " bytes");
            }
            return bytes;
        }
    }

    private void complain(Path file, String why) {
        if (!why.equals(complaints.put(file, why))) {
            LOGGER.log(System.Logger.Level.WARNING, "no network is made of it: " + why);
        }
    }
}
