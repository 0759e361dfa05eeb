package dev.coracle.engine.containers;

import dev.coracle.base.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Where the files of containers are: one directory each, below the engine's root.
final class Folders {
    private final Path root;

    Folders(Path root) {
        this.root = root.resolve("containers");
    }

    Path of(ContainerDoc doc) {
        return root.resolve(doc.namespace()).resolve(doc.id());
    }

    Path log(ContainerDoc doc) {
        return of(doc).resolve("output.log");
    }

    Path file(ContainerDoc doc, String name) {
        return of(doc).resolve(name);
    }

    void make(ContainerDoc doc) {
        try {
            Files.createDirectories(of(doc));
        } catch (IOException failure) {
            throw FileFailures.of("make the directory of container " + doc.id(), failure);
        }
    }

    void write(ContainerDoc doc, String name, String text) {
        var file = file(doc, name);
        try {
            // in place: the container may have the file mounted
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw FileFailures.of("write " + file, failure);
        }
    }

    /// Replaces a file at once, for what is not mounted anywhere.
    void replace(ContainerDoc doc, String name, String text) {
        var file = file(doc, name);
        try {
            var beside = Files.writeString(file.resolveSibling(name + ".new"), text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write " + file, failure);
        }
    }
}
