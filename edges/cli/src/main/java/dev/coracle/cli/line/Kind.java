package dev.coracle.cli.line;

/// What a flag takes.
public enum Kind {
    BOOL(""),
    TEXT("string"),
    WHOLE("int"),
    DECIMAL("decimal"),
    BYTES("bytes"),
    DURATION("duration"),
    /// Many values; a comma separates two.
    LIST("list"),
    /// Many values, one each time.
    EACH("list");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /// As help names it.
    public String word() {
        return word;
    }

    boolean isMany() {
        return this == LIST || this == EACH;
    }
}
