package dev.coracle.gotemplate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Cuts a template into words. The first mistake becomes a last word of type `ERROR`, so that
/// the parser can complain about what stands before it first.
final class Lexer {
    private static final Set<String> KEYWORDS =
            Set.of("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with");
    private static final String BLANK = " \t\r\n";

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int start;
    private int line = 1;
    private int parens;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        var lexer = new Lexer(text);
        while (lexer.outside()) {
            while (lexer.inside()) {
                // one word at a time
            }
            if (lexer.failed()) {
                break;
            }
        }
        return lexer.tokens;
    }

    private boolean failed() {
        return !tokens.isEmpty() && tokens.getLast().is(TokenKind.ERROR);
    }

    /// Text up to and with the next `{{`; false at the end of the template.
    private boolean outside() {
        var open = text.indexOf("{{", at);
        var end = open < 0 ? text.length() : open;
        var trimmed = open >= 0 && trimsBefore(open) ? endOfText(at, end) : end;
        if (trimmed > at) {
            add(TokenKind.TEXT, at, trimmed);
        }
        skipTo(end);
        if (open < 0) {
            add(TokenKind.EOF, at, at);
            return false;
        }
        var comment = open + 2 + (trimsBefore(open) ? 2 : 0);
        if (text.startsWith("/*", comment)) {
            return comment(comment);
        }
        add(TokenKind.LEFT, open, open + 2);
        skipTo(comment);
        parens = 0;
        return true;
    }

    private boolean trimsBefore(int open) {
        return open + 3 < text.length() && text.charAt(open + 2) == '-' && BLANK.indexOf(text.charAt(open + 3)) >= 0;
    }

    private int endOfText(int from, int end) {
        var trimmed = end;
        while (trimmed > from && BLANK.indexOf(text.charAt(trimmed - 1)) >= 0) {
            trimmed--;
        }
        return trimmed;
    }

    private boolean comment(int from) {
        start = from;
        var close = text.indexOf("*/", from);
        if (close < 0) {
            return fail("unclosed comment");
        }
        var after = close + 2;
        var trim = after < text.length() && BLANK.indexOf(text.charAt(after)) >= 0 && text.startsWith("-}}", after + 1);
        if (!trim && !text.startsWith("}}", after)) {
            return fail("comment ends before closing delimiter");
        }
        skipTo(after + (trim ? 4 : 2));
        if (trim) {
            skipBlank();
        }
        return outside();
    }

    private boolean fail(String message) {
        tokens.add(new Token(TokenKind.ERROR, start, line, message));
        return false;
    }

    private void add(TokenKind type, int from, int to) {
        tokens.add(new Token(type, from, line, text.substring(from, to)));
    }

    /// Takes a word that begins at [#start] and ends here.
    private boolean take(TokenKind type) {
        add(type, start, at);
        return true;
    }

    private void skipTo(int to) {
        for (; at < to; at++) {
            if (text.charAt(at) == '\n') {
                line++;
            }
        }
    }

    private void skipBlank() {
        while (at < text.length() && BLANK.indexOf(text.charAt(at)) >= 0) {
            skipTo(at + 1);
        }
    }

    /// The next word of an action; false after its end.
    private boolean inside() {
        if (failed()) {
            return false;
        }
        start = at;
        var trim = at < text.length() && BLANK.indexOf(text.charAt(at)) >= 0 && text.startsWith("-}}", at + 1);
        if (trim || text.startsWith("}}", at)) {
            return close(trim);
        }
        if (at >= text.length()) {
            return fail("unclosed action");
        }
        var c = text.codePointAt(at);
        if (BLANK.indexOf(c) >= 0) {
            return blank();
        }
        at += Character.charCount(c);
        return switch (c) {
            case '=' -> take(TokenKind.ASSIGN);
            case ':' -> declare();
            case '|' -> take(TokenKind.PIPE);
            case '"' -> quoted('"', TokenKind.STRING, "unterminated quoted string");
            case '\'' -> quoted('\'', TokenKind.CHARACTER, "unterminated character constant");
            case '`' -> raw();
            case '$' -> named(TokenKind.VARIABLE);
            case '.' -> (at < text.length() && digit(text.charAt(at))) ? number() : dotted();
            case '(' -> {
                parens++;
                yield take(TokenKind.LEFT_PAREN);
            }
            case ')' -> closeParen();
            default -> other(c);
        };
    }

    private boolean other(int c) {
        if (c == '+' || c == '-' || digit(c)) {
            return number();
        }
        if (letter(c)) {
            return word();
        }
        if (c > ' ' && c < 0x7f) {
            return take(TokenKind.CHAR);
        }
        return fail("unrecognized character in action: " + unicode(c));
    }

    private boolean close(boolean trim) {
        if (parens > 0) {
            return fail("unclosed left paren");
        }
        skipTo(at + (trim ? 2 : 0));
        add(TokenKind.RIGHT, at, at + 2);
        skipTo(at + 2);
        if (trim) {
            skipBlank();
        }
        return false;
    }

    private boolean closeParen() {
        if (--parens < 0) {
            return fail("unexpected right paren");
        }
        return take(TokenKind.RIGHT_PAREN);
    }

    private boolean blank() {
        var first = line;
        while (at < text.length() && BLANK.indexOf(text.charAt(at)) >= 0 && !text.startsWith("-}}", at + 1)) {
            skipTo(at + 1);
        }
        tokens.add(new Token(TokenKind.SPACE, start, first, text.substring(start, at)));
        return true;
    }

    private boolean declare() {
        if (!text.startsWith("=", at)) {
            return fail("expected :=");
        }
        at++;
        return take(TokenKind.DECLARE);
    }

    private boolean quoted(char quote, TokenKind type, String unterminated) {
        for (; at < text.length() && text.charAt(at) != '\n'; at++) {
            if (text.charAt(at) == quote) {
                at++;
                return take(type);
            }
            if (text.charAt(at) == '\\') {
                at++;
            }
        }
        return fail(unterminated);
    }

    private boolean raw() {
        var end = text.indexOf('`', at);
        if (end < 0) {
            return fail("unterminated raw quoted string");
        }
        var first = line;
        skipTo(end + 1);
        tokens.add(new Token(TokenKind.RAW_STRING, start, first, text.substring(start, at)));
        return true;
    }

    private boolean dotted() {
        return terminated() ? take(TokenKind.DOT) : named(TokenKind.FIELD);
    }

    private boolean named(TokenKind type) {
        while (at < text.length() && alphanumeric(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return terminated() ? take(type) : fail("bad character " + unicode(text.codePointAt(at)));
    }

    private boolean word() {
        while (at < text.length() && alphanumeric(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        if (!terminated()) {
            return fail("bad character " + unicode(text.codePointAt(at)));
        }
        var name = text.substring(start, at);
        return take(
                switch (name) {
                    case "true", "false" -> TokenKind.BOOL;
                    case "nil" -> TokenKind.NIL;
                    default -> KEYWORDS.contains(name) ? TokenKind.KEYWORD : TokenKind.IDENTIFIER;
                });
    }

    private boolean number() {
        at = start;
        if (scanNumber() && !sign()) {
            return take(TokenKind.NUMBER);
        }
        if (sign()) {
            scanNumber();
        }
        return fail("bad number syntax: " + Quote.go(text.substring(start, at)));
    }

    private boolean sign() {
        return at < text.length() && "+-".indexOf(text.charAt(at)) >= 0;
    }

    /// Goes over a number; false, one character further, when it runs into letters.
    private boolean scanNumber() {
        skipOne("+-");
        var digits = "0123456789_";
        if (skipOne("0")) {
            digits = skipOne("xX")
                    ? "0123456789abcdefABCDEF_"
                    : skipOne("oO") ? "01234567_" : skipOne("bB") ? "01_" : digits;
        }
        skipAll(digits);
        if (skipOne(".")) {
            skipAll(digits);
        }
        var exponent = digits.length() > 12 ? "pP" : "eE";
        if ((digits.length() == 11 || digits.length() > 12) && skipOne(exponent)) {
            skipOne("+-");
            skipAll("0123456789_");
        }
        if (at < text.length() && alphanumeric(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
            return false;
        }
        return true;
    }

    private boolean skipOne(String any) {
        if (at < text.length() && any.indexOf(text.charAt(at)) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    private void skipAll(String any) {
        while (skipOne(any)) {
            // as many as there are
        }
    }

    /// Whether a name may end here.
    private boolean terminated() {
        return at >= text.length() || (BLANK + ".,|:)(").indexOf(text.charAt(at)) >= 0 || text.startsWith("}}", at);
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean letter(int c) {
        return c == '_' || Character.isLetter(c);
    }

    private static boolean alphanumeric(int c) {
        return letter(c) || Character.isDigit(c);
    }

    private static String unicode(int c) {
        return String.format("U+%04X", c) + (c > ' ' ? " '" + Character.toString(c) + "'" : "");
    }
}
