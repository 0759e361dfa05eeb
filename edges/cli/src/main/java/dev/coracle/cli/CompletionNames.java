package dev.coracle.cli;

import dev.coracle.cli.images.ImageNames;
import dev.coracle.cli.line.Completion;
import java.util.List;
import java.util.Set;

/// Names that arguments may have, for completion: of containers, images, networks and volumes.
record CompletionNames(Session session) implements Completion.Names {
    private static final Set<String> OF_IMAGES =
            Set.of("run", "create", "push", "tag", "rmi", "save", "history", "pull");

    @Override
    public List<String> of(String path) {
        var engine = session.engine();
        var group = path.contains(" ") ? path.substring(0, path.indexOf(' ')) : "";
        var verb = path.substring(path.indexOf(' ') + 1);
        if (group.equals("network")) {
            return engine.networks().list().stream()
                    .map(view -> view.network().name())
                    .toList();
        }
        if (group.equals("volume")) {
            return engine.volumes().list().stream().map(volume -> volume.name()).toList();
        }
        if (group.equals("namespace")) {
            return session.host().namespaces().list();
        }
        if (group.equals("image") || (group.isEmpty() && OF_IMAGES.contains(verb))) {
            return ImageNames.all(engine.images());
        }
        return group.equals("system") ? List.of() : containers();
    }

    private List<String> containers() {
        return session.engine().containers().list().stream()
                .map(container -> container.name())
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
