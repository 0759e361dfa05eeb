package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.regex.Pattern;

/// The rule for namespaces, container ids, exec ids and the components of event topics: letters
/// and digits, separated by single `.`, `_` or `-`, 76 characters at most.
public final class Identifiers {
    private static final int LONGEST = 76;
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");

    private Identifiers() {}

    /// Returns the identifier, or says what is wrong with it; `what` names it in the message
    /// ("namespace").
    ///
    /// @throws InvalidArgument when it is empty, too long or of another shape
    public static String require(String what, String identifier) {
        if (identifier.isEmpty()) {
            throw new InvalidArgument(what + " must not be empty");
        }
        if (identifier.length() > LONGEST) {
            throw new InvalidArgument(
                    what + " \"" + identifier + "\" is longer than the maximum length of " + LONGEST + " characters");
        }
        if (!SHAPE.matcher(identifier).matches()) {
            throw new InvalidArgument(what + " \"" + identifier + "\" must match " + SHAPE.pattern());
        }
        return identifier;
    }
}
