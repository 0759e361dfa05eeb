package dev.coracle.engine.containers;

import dev.coracle.core.files.FileTree;
import dev.coracle.core.files.FileTrees;
import dev.coracle.oci.Accounts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Who `user[:group]` is in an image. What the layers say is remembered, since layers do not change.
final class Identities {
    private static final int LARGEST = 4 << 20;
    private static final int REMEMBERED = 64;

    private final FileTrees files;
    private final Map<String, Accounts> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Accounts> eldest) {
            return size() > REMEMBERED;
        }
    };

    Identities(FileTrees files) {
        this.files = files;
    }

    /// @param snapshot of the image; empty: what is read is not remembered
    SpecWriter.Identity of(String snapshot, Supplier<FileTree> tree, String user, List<String> added) {
        if (snapshot.isEmpty()) {
            return identity(read(tree.get()), user, added);
        }
        synchronized (known) {
            var accounts = known.get(snapshot);
            if (accounts != null) {
                return identity(accounts, user, added);
            }
        }
        var accounts = read(tree.get());
        synchronized (known) {
            known.put(snapshot, accounts);
        }
        return identity(accounts, user, added);
    }

    Accounts read(FileTree tree) {
        return new Accounts(text(tree, "/etc/passwd"), text(tree, "/etc/group"));
    }

    private String text(FileTree tree, String path) {
        return files.read(tree, path, LARGEST)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    static SpecWriter.Identity identity(Accounts accounts, String user, List<String> added) {
        var name = user.isEmpty() ? "0" : user;
        var ids = accounts.resolve(name);
        var groups = new ArrayList<Long>();
        if (name.indexOf(':') < 0) {
            groups.addAll(accounts.additionalGroups(name));
        }
        added.forEach(group -> groups.add(accounts.resolve("0:" + group).gid()));
        return new SpecWriter.Identity(ids.uid(), ids.gid(), groups);
    }
}
