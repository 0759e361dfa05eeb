package dev.coracle.gotemplate;

/// The kinds of words.
enum TokenKind {
    ERROR,
    EOF,
    TEXT,
    LEFT,
    RIGHT,
    SPACE,
    KEYWORD,
    IDENTIFIER,
    BOOL,
    NIL,
    DOT,
    FIELD,
    VARIABLE,
    NUMBER,
    CHARACTER,
    STRING,
    RAW_STRING,
    PIPE,
    DECLARE,
    ASSIGN,
    LEFT_PAREN,
    RIGHT_PAREN,
    CHAR
}
