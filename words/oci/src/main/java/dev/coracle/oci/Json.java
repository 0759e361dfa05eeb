package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON documents as trees, read within limits. Unknown members stay in the tree, so a document
/// that is read, changed and written keeps what this program does not know.
public final class Json {
    /// The largest document that is read, in bytes; registries refuse larger manifests too.
    public static final int LARGEST = 4 << 20;

    private static final int DEEPEST = 64;
    private static final int MOST_TOKENS = 1_000_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxTokenCount(MOST_TOKENS)
                            .maxDocumentLength(LARGEST)
                            .maxStringLength(LARGEST)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private Json() {}

    /// Reads one JSON object; `what` names the document in messages.
    ///
    /// @throws InvalidArgument when it is too large, too deep, not JSON or not an object
    public static ObjectNode object(byte[] bytes, String what) {
        if (bytes.length > LARGEST) {
            throw new InvalidArgument(what + " is " + bytes.length + " bytes, more than the limit of " + LARGEST);
        }
        if (read(bytes, what) instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidArgument(what + " is not a JSON object");
    }

    /// Reads one JSON array of objects.
    ///
    /// @throws InvalidArgument when it is anything else
    public static List<ObjectNode> objects(byte[] bytes, String what) {
        return elements(read(bytes, what), what, node -> {
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidArgument(what + " is not a JSON array of objects");
        });
    }

    private static JsonNode read(byte[] bytes, String what) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw new InvalidArgument(what + " is not valid JSON: " + firstLine(e), e);
        }
    }

    private static String firstLine(JacksonException e) {
        var message = e.getOriginalMessage();
        return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
    }

    /// The document without white space, members in the tree's order.
    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /// A new, empty object.
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// The document as Go's `json.MarshalIndent` writes it: this indentation per level, and `<`,
    /// `>`, `&` escaped.
    public static String pretty(JsonNode node, String indent) {
        return new GoJson(indent).write(node);
    }

    /// The document as Go's `json.Marshal` writes it.
    public static String compact(JsonNode node) {
        return new GoJson("").write(node);
    }

    static String text(JsonNode object, String member, String what) {
        var node = object.path(member);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isString()) {
            throw new InvalidArgument(what + ": member \"" + member + "\" is not a string");
        }
        return node.stringValue();
    }

    static long whole(JsonNode object, String member, String what) {
        var node = object.path(member);
        if (node.isMissingNode() || node.isNull()) {
            return 0;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw new InvalidArgument(what + ": member \"" + member + "\" is not a whole number");
        }
        return node.longValue();
    }

    static List<String> texts(JsonNode object, String member, String what) {
        return elements(object.path(member), what + ": member \"" + member + "\"", node -> {
            if (!node.isString()) {
                throw new InvalidArgument(what + ": member \"" + member + "\" is not a list of strings");
            }
            return node.stringValue();
        });
    }

    static Map<String, String> map(JsonNode object, String member, String what) {
        var node = object.path(member);
        if (node.isMissingNode() || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw new InvalidArgument(what + ": member \"" + member + "\" is not an object");
        }
        var map = new LinkedHashMap<String, String>();
        node.properties().forEach(entry -> map.put(entry.getKey(), text(node, entry.getKey(), what)));
        return map;
    }

    static <T> List<T> elements(JsonNode node, String what, Function<JsonNode, T> each) {
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new InvalidArgument(what + " is not a list");
        }
        var list = new ArrayList<T>();
        node.forEach(element -> list.add(each.apply(element)));
        return List.copyOf(list);
    }

    static void putTexts(ObjectNode object, String member, List<String> values) {
        var array = object.putArray(member);
        values.forEach(array::add);
    }

    static void putMap(ObjectNode object, String member, Map<String, String> values) {
        if (!values.isEmpty()) {
            var map = object.putObject(member);
            values.forEach(map::put);
        }
    }
}
