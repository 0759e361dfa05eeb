package dev.coracle.core.files;

/// A difference between two trees.
///
/// @param path absolute
public record FileChange(Kind kind, String path) {
    /// What happened.
    public enum Kind {
        ADDED,
        CHANGED,
        DELETED
    }
}
