package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Looks for the keys that detach in what somebody types. What only began like them is passed on.
final class DetachKeys {
    private final byte[] keys;
    private int matched;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /// Reads `ctrl-p,ctrl-q` or `a,ctrl-x`; empty means none.
    static DetachKeys parse(String words) {
        var keys = new ByteArrayOutputStream();
        for (var word : words.isEmpty() ? new String[0] : words.split(",", -1)) {
            keys.write(key(word, words));
        }
        return new DetachKeys(keys.toByteArray());
    }

    private static int key(String word, String words) {
        if (word.length() == 1 && word.charAt(0) < 128) {
            return word.charAt(0);
        }
        if (word.startsWith("ctrl-") && word.length() == 6) {
            var letter = Character.toLowerCase(word.charAt(5));
            if (letter >= 'a' && letter <= 'z') {
                return letter - 'a' + 1;
            }
            var sign = "@ [ \\ ] ^ _".indexOf(letter);
            if (sign == 0) {
                return 0;
            }
            if (sign > 0) {
                return 26 + sign / 2;
            }
        }
        throw new InvalidArgument("invalid detach keys (" + words + "): \"" + word + "\" is not a key");
    }

    /// What is to be passed on, and whether the keys are complete.
    @SuppressWarnings("ArrayRecordComponent") // used at once, never compared
    record Typed(byte[] bytes, boolean detach) {}

    Typed type(byte[] bytes, int length) {
        if (keys.length == 0) {
            return new Typed(Arrays.copyOf(bytes, length), false);
        }
        var passed = new ByteArrayOutputStream(length);
        for (var i = 0; i < length; i++) {
            if (bytes[i] == keys[matched]) {
                if (++matched == keys.length) {
                    return new Typed(passed.toByteArray(), true);
                }
                continue;
            }
            passed.write(keys, 0, matched);
            matched = bytes[i] == keys[0] ? 1 : 0;
            if (matched == 0) {
                passed.write(bytes[i]);
            } else if (keys.length == 1) {
                return new Typed(passed.toByteArray(), true);
            }
        }
        return new Typed(passed.toByteArray(), false);
    }
}
