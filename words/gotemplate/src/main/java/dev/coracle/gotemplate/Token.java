package dev.coracle.gotemplate;

/// A word of the template language.
///
/// @param at where it begins, in characters of the template
/// @param text as written; for [TokenKind#ERROR] the message
record Token(TokenKind type, int at, int line, String text) {
    boolean is(TokenKind wanted) {
        return type == wanted;
    }

    boolean is(String keyword) {
        return type == TokenKind.KEYWORD && text.equals(keyword);
    }

    private static final int SHOWN = 10;

    /// As messages show it.
    @Override
    public String toString() {
        return switch (type) {
            case EOF -> "EOF";
            case ERROR -> text;
            case KEYWORD, NIL, DOT -> "<" + text + ">";
            default -> text.length() > SHOWN ? Quote.go(text.substring(0, SHOWN)) + "..." : Quote.go(text);
        };
    }
}
