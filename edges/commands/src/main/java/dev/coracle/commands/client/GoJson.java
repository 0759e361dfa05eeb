package dev.coracle.commands.client;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.coracle.oci.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages as Go's JSON shows them: proto names, nothing that has its default, enums as numbers.
public final class GoJson {
    private GoJson() {}

    public static ObjectNode of(Message message) {
        var tree = Json.object();
        message.getAllFields().forEach((field, value) -> put(tree, field, value));
        return tree;
    }

    private static void put(ObjectNode tree, FieldDescriptor field, Object value) {
        if (value instanceof List<?> values) {
            var array = tree.putArray(field.getName());
            values.forEach(element -> add(array, element));
        } else {
            var one = Json.object().putArray(field.getName());
            add(one, value);
            tree.set(field.getName(), one.get(0));
        }
    }

    private static void add(ArrayNode array, Object value) {
        switch (value) {
            case Message message -> array.add(of(message));
            case EnumValueDescriptor word -> array.add(word.getNumber());
            case Boolean flag -> array.add(flag);
            case Integer number -> array.add(Integer.toUnsignedLong(number));
            case Long number -> array.add(number);
            case Double number -> array.add(number);
            case com.google.protobuf.ByteString bytes -> array.add(bytes.toByteArray());
            default -> array.add(value.toString());
        }
    }
}
