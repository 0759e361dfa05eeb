package dev.coracle.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What labels say about who keeps whom. The value of a `containerd.io/gc.ref.*` label names
/// something that the labelled object keeps; that of a `containerd.io/gc.bref.*` label something
/// that keeps the labelled object.
final class References {
    /// Something a collection may meet, within one namespace. `group` is the snapshotter's name
    /// for a snapshot and empty otherwise.
    record Node(Type type, String group, String id) {
        enum Type {
            CONTENT,
            SNAPSHOT,
            IMAGE,
            CONTAINER,
            INGEST
        }

        static Node content(String digest) {
            return new Node(Type.CONTENT, "", digest);
        }

        static Node snapshot(String snapshotter, String name) {
            return new Node(Type.SNAPSHOT, snapshotter, name);
        }

        static Node image(String name) {
            return new Node(Type.IMAGE, "", name);
        }

        static Node container(String id) {
            return new Node(Type.CONTAINER, "", id);
        }

        static Node ingest(String ref) {
            return new Node(Type.INGEST, "", ref);
        }
    }

    static final String ROOT = "containerd.io/gc.root";
    static final String FLAT = "containerd.io/gc.flat";
    private static final String FORWARD = "containerd.io/gc.ref.";
    private static final String BACKWARD = "containerd.io/gc.bref.";

    private References() {}

    /// What an object with these labels keeps.
    static List<Node> kept(Map<String, String> labels) {
        return named(labels, FORWARD);
    }

    /// What keeps an object with these labels.
    static List<Node> keepers(Map<String, String> labels) {
        return named(labels, BACKWARD);
    }

    private static List<Node> named(Map<String, String> labels, String prefix) {
        var nodes = new ArrayList<Node>();
        labels.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                node(key.substring(prefix.length()), value, nodes);
            }
        });
        return nodes;
    }

    /// `content`, `image`, `container`, each with anything after a dot or a slash, and
    /// `snapshot.<snapshotter>` with anything after a slash.
    private static void node(String word, String value, List<Node> nodes) {
        if (is(word, "content")) {
            nodes.add(Node.content(value));
        } else if (is(word, "image")) {
            nodes.add(Node.image(value));
        } else if (is(word, "container")) {
            nodes.add(Node.container(value));
        } else if (word.startsWith("snapshot.")) {
            var name = word.substring("snapshot.".length());
            var slash = name.indexOf('/');
            nodes.add(Node.snapshot(slash < 0 ? name : name.substring(0, slash), value));
        }
    }

    private static boolean is(String word, String kind) {
        return word.equals(kind) || word.startsWith(kind + ".") || word.startsWith(kind + "/");
    }
}
