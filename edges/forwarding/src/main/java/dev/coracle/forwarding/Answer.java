package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What a client is told.
public sealed interface Answer {
    /// The command has ended with this status.
    record Exit(int status) implements Answer {}

    /// The command has ended as by this signal; the client ends itself by it.
    record Killed(Signal signal) implements Answer {}

    /// The command was not carried out, or not to its end.
    ///
    /// @param hint what the person can do; may be empty
    record Refused(String message, String hint) implements Answer {}

    /// Send these signals from now on; all others have their usual effect on the client.
    record Watch(SignalSet signals) implements Answer {}

    /// The connection has ended without an answer.
    record Lost() implements Answer {}

    /// As it is sent.
    default byte[] frame() {
        return switch (this) {
            case Exit(var status) -> Wire.frame(Wire.EXIT, number(status));
            case Killed(var signal) -> Wire.frame(Wire.KILLED, number(signal.number()));
            case Refused(var message, var hint) -> Wire.frame(Wire.REFUSED, text(line(message) + "\n" + line(hint)));
            case Watch(var signals) ->
                Wire.frame(
                        Wire.WATCH,
                        ByteBuffer.allocate(8).putLong(signals.bits()).array());
            case Lost() -> throw new IllegalArgumentException("a lost connection is not sent");
        };
    }

    private static String line(String text) {
        return text.replace('\n', ' ');
    }

    private static byte[] text(String text) {
        var bytes = text.getBytes(UTF_8);
        return bytes.length <= Wire.LARGEST_ANSWER ? bytes : Arrays.copyOf(bytes, Wire.LARGEST_ANSWER);
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    /// What a server has sent.
    static Answer of(Incoming.Frame frame) throws ProtocolException {
        var payload = frame.payload();
        return switch (frame.kind()) {
            case Wire.EXIT -> new Exit(sized(payload, 4).getInt());
            case Wire.KILLED -> new Killed(signal(sized(payload, 4)));
            case Wire.REFUSED -> refused(UTF_8.decode(payload).toString());
            case Wire.WATCH -> new Watch(new SignalSet(sized(payload, 8).getLong()));
            default -> throw new ProtocolException("an answer of the unknown kind " + frame.kind());
        };
    }

    /// The signal that a payload names.
    static Signal signal(ByteBuffer payload) throws ProtocolException {
        var number = sized(payload, 4).getInt();
        if (number < 1 || number > Signal.LAST) {
            throw new ProtocolException("not a signal: " + number);
        }
        return new Signal(number);
    }

    private static Refused refused(String text) {
        var lines = text.split("\n", 2);
        return new Refused(lines[0], lines.length == 1 ? "" : lines[1]);
    }

    private static ByteBuffer sized(ByteBuffer payload, int size) throws ProtocolException {
        if (payload.remaining() != size) {
            throw new ProtocolException("a message of " + payload.remaining() + " bytes where " + size + " belong");
        }
        return payload;
    }
}
