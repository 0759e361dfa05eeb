package dev.coracle.commands.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.coracle.containerd.api.cgroups2.Metrics;
import dev.coracle.containerd.api.events.ContainerCreate;
import dev.coracle.containerd.api.events.ContentDelete;
import dev.coracle.containerd.api.events.ImageCreate;
import dev.coracle.containerd.api.events.NamespaceCreate;
import dev.coracle.containerd.api.events.SandboxCreate;
import dev.coracle.containerd.api.events.SnapshotPrepare;
import dev.coracle.containerd.api.events.TaskCreate;
import dev.coracle.oci.Json;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Events and metrics as JSON, in the shape Go's `encoding/json` gives to their messages: the
/// fields' own names, defaults left out.
public final class EventJson {
    private static final List<Message> KNOWN = List.of(
            ContainerCreate.getDefaultInstance(),
            ContentDelete.getDefaultInstance(),
            ImageCreate.getDefaultInstance(),
            NamespaceCreate.getDefaultInstance(),
            SandboxCreate.getDefaultInstance(),
            SnapshotPrepare.getDefaultInstance(),
            TaskCreate.getDefaultInstance(),
            Metrics.getDefaultInstance());

    private EventJson() {}

    /// One line of JSON; empty for an unset value.
    ///
    /// @throws InvalidProtocolBufferException when the type is unknown or the value malformed
    public static String of(Any any) throws InvalidProtocolBufferException {
        return any.getTypeUrl().isEmpty() ? "" : Json.compact(object(message(any)));
    }

    private static Message message(Any any) throws InvalidProtocolBufferException {
        var name = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
        var type = files().filter(found -> found.getFullName().equals(name)).findFirst();
        if (type.isEmpty()) {
            throw new InvalidProtocolBufferException("unknown type " + any.getTypeUrl());
        }
        return com.google.protobuf.DynamicMessage.parseFrom(type.get(), any.getValue());
    }

    private static Stream<com.google.protobuf.Descriptors.Descriptor> files() {
        return KNOWN.stream().flatMap(message -> message.getDescriptorForType().getFile().getMessageTypes().stream());
    }

    /// A message as a tree.
    public static ObjectNode object(Message message) {
        var tree = Json.object();
        for (var entry : message.getAllFields().entrySet()) {
            var field = entry.getKey();
            if (field.isMapField()) {
                map(tree.putObject(field.getName()), (Collection<?>) entry.getValue());
            } else if (field.isRepeated()) {
                var array = tree.putArray(field.getName());
                ((Collection<?>) entry.getValue()).forEach(value -> add(array, value));
            } else {
                put(tree, field, entry.getValue());
            }
        }
        return tree;
    }

    private static void map(ObjectNode tree, Collection<?> entries) {
        for (var entry : entries) {
            var message = (Message) entry;
            var fields = message.getDescriptorForType().getFields();
            tree.put(String.valueOf(message.getField(fields.get(0))), String.valueOf(message.getField(fields.get(1))));
        }
    }

    private static void put(ObjectNode tree, FieldDescriptor field, Object value) {
        var array = Json.object().putArray("value");
        add(array, value);
        Optional.ofNullable(array.get(0)).ifPresent(node -> tree.set(field.getName(), node));
    }

    private static void add(ArrayNode array, Object value) {
        switch (value) {
            case Message message -> array.add(object(message));
            case String text -> array.add(text);
            case Boolean flag -> array.add(flag);
            case Integer number -> array.add(Integer.toUnsignedLong(number));
            case Long number when number < 0 -> array.add(new java.math.BigInteger(Long.toUnsignedString(number)));
            case Long number -> array.add(number);
            case Double number -> array.add(number);
            case ByteString bytes -> array.add(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case EnumValueDescriptor choice -> array.add(choice.getNumber());
            default -> array.add(String.valueOf(value));
        }
    }
}
