package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.BadValue;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.line.Values;
import dev.coracle.engine.containers.MountOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What `--mount type=...,source=...,target=...` means.
final class MountFlag {
    private static final Set<String> TRUE = Set.of("true", "1", "t", "T", "TRUE", "True", "");

    private MountFlag() {}

    /// @throws BadValue when it is malformed, in docker's words
    static void check(String word) {
        var fields = fields(word);
        var type = fields.getOrDefault("type", "volume");
        if (!fields.containsKey("target")) {
            throw new BadValue("target is required");
        }
        if (!Set.of("bind", "volume", "tmpfs").contains(type)) {
            throw new BadValue("invalid mount type: " + type + ": only bind, volume and tmpfs are supported");
        }
        if (type.equals("bind") && fields.getOrDefault("source", "").isEmpty()) {
            throw new BadValue("source is required for type=bind");
        }
        refuse(fields, !type.equals("bind"), "bind-", type);
        refuse(fields, !type.equals("volume"), "volume-", type);
        refuse(fields, !type.equals("tmpfs"), "tmpfs-", type);
    }

    private static void refuse(Map<String, String> fields, boolean others, String prefix, String type) {
        fields.keySet().stream()
                .filter(key -> others && key.startsWith(prefix))
                .findFirst()
                .ifPresent(key -> {
                    throw new BadValue("cannot mix '" + prefix + "*' options with mount type '" + type + "'");
                });
    }

    private static Map<String, String> fields(String word) {
        var fields = new LinkedHashMap<String, String>();
        for (var field : Values.split(word)) {
            var equals = field.indexOf('=');
            var key = equals < 0 ? field : field.substring(0, equals);
            var value = equals < 0 ? "" : field.substring(equals + 1);
            switch (key) {
                case "readonly", "ro", "rro", "bind-nonrecursive", "volume-nocopy" ->
                    fields.put(key.equals("ro") ? "readonly" : key, value);
                case "type", "source", "target", "bind-propagation", "tmpfs-size", "tmpfs-mode", "consistency" ->
                    fields.put(key, valued(field, equals, value));
                case "src" -> fields.put("source", valued(field, equals, value));
                case "dst", "destination" -> fields.put("target", valued(field, equals, value));
                default ->
                    throw new BadValue(
                            equals < 0
                                    ? "invalid field '" + field + "' must be a key=value pair"
                                    : "unexpected key '" + key + "' in '" + field + "'");
            }
        }
        return fields;
    }

    private static String valued(String field, int equals, String value) {
        if (equals < 0) {
            throw new BadValue("invalid field '" + field + "' must be a key=value pair");
        }
        return value;
    }

    static MountOption read(Session session, String word) {
        var fields = fields(word);
        var target = VolumeFlag.target(fields.getOrDefault("target", ""), word);
        var readOnly = is(fields, "readonly") || is(fields, "rro");
        return switch (fields.getOrDefault("type", "volume")) {
            case "bind" -> bind(session, fields, target, readOnly);
            case "tmpfs" -> new MountOption.Tmpfs(target, memory(fields, readOnly));
            default ->
                new MountOption.Named(
                        fields.getOrDefault("source", ""), target, readOnly, !is(fields, "volume-nocopy"), List.of());
        };
    }

    private static boolean is(Map<String, String> fields, String key) {
        return fields.containsKey(key) && TRUE.contains(fields.getOrDefault(key, ""));
    }

    private static MountOption bind(Session session, Map<String, String> fields, String target, boolean readOnly) {
        var options = new ArrayList<String>();
        var propagation = fields.getOrDefault("bind-propagation", "");
        if (!propagation.isEmpty()) {
            options.add(propagation);
        }
        if (is(fields, "bind-nonrecursive")) {
            options.add("bind");
        }
        if (is(fields, "rro")) {
            options.add("rro");
        }
        var source = fields.getOrDefault("source", "");
        var path = session.path(source);
        if (!java.nio.file.Files.exists(path)) {
            throw UsageFailure.of("invalid mount config for type \"bind\": bind source path does not exist: " + path);
        }
        return new MountOption.Bind(path, target, readOnly, false, options);
    }

    private static List<String> memory(Map<String, String> fields, boolean readOnly) {
        var options = new ArrayList<String>();
        if (fields.containsKey("tmpfs-size")) {
            options.add("size=" + Values.bytes(fields.getOrDefault("tmpfs-size", "")));
        }
        if (fields.containsKey("tmpfs-mode")) {
            options.add("mode=" + fields.getOrDefault("tmpfs-mode", ""));
        }
        if (readOnly) {
            options.add("ro");
        }
        return List.copyOf(options);
    }
}
