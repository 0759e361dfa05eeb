package dev.coracle.cli.containers;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.coracle.cli.Session;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.view.Filters;
import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.ContainerView;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// `ps --filter`.
final class PsFilter {
    static final Set<String> KEYS = Set.of(
            "id",
            "name",
            "label",
            "exited",
            "status",
            "before",
            "since",
            "volume",
            "network",
            "ancestor",
            "publish",
            "expose",
            "health");

    private final Session session;
    private final Filters filters;

    PsFilter(Session session, Filters filters) {
        this.session = session;
        this.filters = filters;
        filters.of("status").forEach(PsFilter::status);
    }

    private static Status status(String word) {
        return Stream.of(Status.values())
                .filter(status -> status.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> UsageFailure.of("invalid filter 'status=" + word + "'"));
    }

    /// Whether containers that do not run are asked for by what they are.
    boolean choosesState() {
        return Stream.of("status", "exited", "before", "since")
                        .anyMatch(key -> !filters.of(key).isEmpty())
                && !(filters.of("status").isEmpty() && filters.of("exited").isEmpty());
    }

    boolean accepts(ContainerView container, List<ContainerView> all) {
        return filters.any("id", container.id()::startsWith)
                && filters.any("name", text -> matches(text, container.name()))
                && filters.labels(container.labels())
                && filters.any("exited", text -> exited(container, text))
                && filters.any("status", text -> container.state().status() == status(text))
                && filters.any(
                        "health", text -> container.state().health().status().equals(text))
                && filters.any("before", text -> created(text, all).createdAt().isAfter(container.createdAt()))
                && filters.any("since", text -> created(text, all).createdAt().isBefore(container.createdAt()))
                && filters.any("volume", text -> mounts(container, text))
                && filters.any("network", text -> networks(container, text))
                && filters.any("ancestor", text -> ancestor(container, text))
                && filters.any("publish", text -> published(container, text))
                && filters.any("expose", text -> container.config().exposed().contains(port(text)));
    }

    private static boolean matches(String text, String name) {
        try {
            return Pattern.compile(text).matcher(name).find()
                    || Pattern.compile(text).matcher("/" + name).find();
        } catch (PatternSyntaxException plain) {
            return name.contains(text);
        }
    }

    private static boolean exited(ContainerView container, String text) {
        return container.state().status() == Status.EXITED
                && Integer.toString(container.state().exitCode()).equals(text);
    }

    private ContainerView created(String name, List<ContainerView> all) {
        var id = session.engine().containers().get(name).id();
        return all.stream()
                .filter(container -> container.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static boolean mounts(ContainerView container, String text) {
        return container.mounts().stream()
                .anyMatch(mount ->
                        mount.name().equals(text) || mount.destination().equals(text));
    }

    private static boolean networks(ContainerView container, String text) {
        return ContainerText.networks(container).contains(text)
                || container.network().endpoints().stream()
                        .anyMatch(endpoint -> endpoint.networkId().startsWith(text));
    }

    private boolean ancestor(ContainerView container, String text) {
        var image = session.engine().images().find(text);
        return container.image().equals(text)
                || image.stream()
                        .anyMatch(found -> found.name().equals(container.imageRef())
                                || found.config()
                                        .filter(id -> id.toString().equals(container.imageId()))
                                        .isPresent());
    }

    private static boolean published(ContainerView container, String text) {
        return container.network().ports().stream()
                .anyMatch(binding -> ContainerText.port(binding).equals(port(text))
                        || Integer.toString(binding.hostPort()).equals(text));
    }

    private static String port(String text) {
        return text.contains("/") ? text : text + "/tcp";
    }
}
