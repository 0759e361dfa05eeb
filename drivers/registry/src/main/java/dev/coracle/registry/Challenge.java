package dev.coracle.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1): the scheme in lower
/// case and its parameters.
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int LONGEST = 16 << 10;

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /// Reads all challenges of all header lines; what is malformed ends its line.
    static List<Challenge> parse(List<String> headers) {
        var challenges = new ArrayList<Challenge>();
        for (var header : headers) {
            if (header.length() <= LONGEST) {
                new Reader(header).readInto(challenges);
            }
        }
        return List.copyOf(challenges);
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void readInto(List<Challenge> challenges) {
            separators();
            while (at < text.length()) {
                var scheme = token();
                if (scheme.isEmpty()) {
                    return;
                }
                challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters()));
            }
        }

        private Map<String, String> parameters() {
            var parameters = new LinkedHashMap<String, String>();
            separators();
            while (at < text.length()) {
                var start = at;
                var name = token();
                spaces();
                if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
                    at = start; // the next challenge begins here
                    break;
                }
                at++;
                spaces();
                parameters.put(
                        name.toLowerCase(Locale.ROOT),
                        at < text.length() && text.charAt(at) == '"' ? quoted() : token());
                separators();
            }
            return parameters;
        }

        private String quoted() {
            var value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }

        private String token() {
            var start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private void spaces() {
            while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private void separators() {
            while (at < text.length() && " \t,".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
