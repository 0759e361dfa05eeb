package dev.coracle.commands.client;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Hands over as text what is written, in UTF-8. A character that comes in parts is handed over when it is whole.
final class TextOutput extends OutputStream {
    private final Consumer<String> listener;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];

    TextOutput(Consumer<String> listener) {
        this.listener = listener;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        var all = ByteBuffer.allocate(rest.length + length)
                .put(rest)
                .put(bytes, offset, length)
                .flip();
        var text = CharBuffer.allocate(all.remaining());
        decoder.decode(all, text, false);
        rest = new byte[all.remaining()];
        all.get(rest);
        if (text.flip().hasRemaining()) {
            listener.accept(text.toString());
        }
    }
}
