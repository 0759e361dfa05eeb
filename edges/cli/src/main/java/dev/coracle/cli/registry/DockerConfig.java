package dev.coracle.cli.registry;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.cli.ClientFiles;
import dev.coracle.cli.Invocation;
import dev.coracle.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Docker's `config.json`, as far as it is about credentials. What else is in it stays as it is.
final class DockerConfig {
    private static final String WHAT = "docker configuration";

    private final Path file;
    private final ObjectNode tree;

    private DockerConfig(Path file, ObjectNode tree) {
        this.file = file;
        this.tree = tree;
    }

    /// Reads the caller's; one that is not there is empty.
    static DockerConfig read(Invocation invocation) throws IOException {
        var named = invocation.variable("DOCKER_CONFIG");
        var folder = named.isEmpty()
                ? invocation.path(invocation.variable("HOME")).resolve(".docker")
                : invocation.path(named);
        var file = folder.resolve("config.json");
        try {
            var text = ClientFiles.text(file);
            var tree = text.isBlank()
                    ? Json.object()
                    : Json.object(text.getBytes(StandardCharsets.UTF_8), file.toString());
            return new DockerConfig(file, tree);
        } catch (NoSuchFileException none) {
            return new DockerConfig(file, Json.object());
        }
    }

    Path file() {
        return file;
    }

    /// The helper for a registry: its own, or the one for all; empty when the file itself is used.
    Optional<String> helper(String registry) {
        return Optional.of(tree.path("credHelpers").path(registry).asString(""))
                .filter(name -> !name.isEmpty())
                .or(() -> Optional.of(tree.path("credsStore").asString("")).filter(name -> !name.isEmpty()));
    }

    /// The credentials in the file itself.
    Optional<Credentials> find(String key) {
        var node = tree.path("auths").path(key);
        var token = node.path("identitytoken").asString("");
        if (!token.isEmpty()) {
            return Optional.of(new Credentials("", token));
        }
        var auth = node.path("auth").asString("");
        if (auth.isEmpty()) {
            return Optional.empty();
        }
        try {
            var text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            var colon = text.indexOf(':');
            if (colon < 0) {
                throw new InvalidArgument(WHAT + " " + file + ": the credentials of " + key + " have no password");
            }
            return Optional.of(new Credentials(
                    text.substring(0, colon), text.substring(colon + 1).replace("\0", "")));
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument(WHAT + " " + file + ": the credentials of " + key + " are not base64", e);
        }
    }

    void put(String key, Credentials credentials) throws IOException {
        var auths = tree.path("auths") instanceof ObjectNode there ? there : tree.putObject("auths");
        var entry = auths.putObject(key);
        if (credentials.user().isEmpty()) {
            entry.put("identitytoken", credentials.secret());
        } else {
            var plain = credentials.user() + ":" + credentials.secret();
            entry.put("auth", Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
        }
        write();
    }

    /// @return whether there was anything
    boolean remove(String key) throws IOException {
        if (tree.path("auths") instanceof ObjectNode auths && auths.has(key)) {
            auths.remove(key);
            write();
            return true;
        }
        return false;
    }

    /// Written whole, readable by its owner only.
    private void write() throws IOException {
        var folder = Optional.ofNullable(file.getParent()).orElseThrow();
        Files.createDirectories(folder);
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var temporary = Files.createTempFile(folder, ".config-", ".json", owner);
        try {
            Files.writeString(temporary, Json.pretty(tree, "\t") + "\n");
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
