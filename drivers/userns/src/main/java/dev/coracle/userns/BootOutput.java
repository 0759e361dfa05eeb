package dev.coracle.userns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Writes the fields of a message between the halves; [BootChannel] reads them in the same order.
final class BootOutput {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    void letter(char letter) throws IOException {
        out.writeByte(letter);
    }

    void number(long number) throws IOException {
        out.writeLong(number);
    }

    void flag(boolean isSet) throws IOException {
        out.writeBoolean(isSet);
    }

    void text(String text) throws IOException {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(encoded.length);
        out.write(encoded);
    }

    void text(Optional<String> text) throws IOException {
        texts(text.isPresent() ? List.of(text.get()) : List.of());
    }

    void texts(List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (var text : texts) {
            text(text);
        }
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
