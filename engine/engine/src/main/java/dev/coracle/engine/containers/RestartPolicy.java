package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;

/// What happens when a container has ended.
///
/// @param limit attempts of `ON_FAILURE`; 0: any number
public record RestartPolicy(Kind kind, int limit) {
    /// It stays ended.
    public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);

    /// Docker's words.
    public enum Kind {
        NO("no"),
        ALWAYS("always"),
        ON_FAILURE("on-failure"),
        UNLESS_STOPPED("unless-stopped");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// Reads `no`, `always`, `on-failure[:n]` or `unless-stopped`.
    public static RestartPolicy parse(String words) {
        var colon = words.indexOf(':');
        var name = colon < 0 ? words : words.substring(0, colon);
        for (var kind : Kind.values()) {
            if (kind.word().equals(name)) {
                return new RestartPolicy(kind, colon < 0 ? 0 : limit(kind, words, words.substring(colon + 1)));
            }
        }
        if (words.isEmpty()) {
            return NO;
        }
        throw new InvalidArgument(
                "restart policy \"" + words + "\" is not one of no, always, on-failure[:max-retries], unless-stopped");
    }

    private static int limit(Kind kind, String words, String digits) {
        if (kind != Kind.ON_FAILURE) {
            throw new InvalidArgument(
                    "restart policy \"" + words + "\": maximum retry count cannot be used with " + kind.word());
        }
        try {
            var limit = Integer.parseInt(digits);
            if (limit >= 0) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new InvalidArgument("restart policy \"" + words + "\": maximum retry count must be a number from 0");
    }

    /// As it was typed.
    public String words() {
        return limit > 0 ? kind.word() + ":" + limit : kind.word();
    }
}
