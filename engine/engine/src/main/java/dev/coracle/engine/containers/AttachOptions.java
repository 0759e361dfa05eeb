package dev.coracle.engine.containers;

/// What somebody is attached to.
///
/// @param replay whether the output so far comes first, from the log
/// @param detachKeys `ctrl-p,ctrl-q`; empty: none
/// @param width the terminal's size in characters; 0: unknown
public record AttachOptions(
        Streams streams,
        boolean stdin,
        boolean stdout,
        boolean stderr,
        boolean replay,
        String detachKeys,
        int width,
        int height) {
    /// All three, nothing from before.
    public static AttachOptions all(Streams streams) {
        return new AttachOptions(streams, true, true, true, false, "ctrl-p,ctrl-q", 0, 0);
    }

    /// What comes out, nothing in.
    public static AttachOptions output(Streams streams) {
        return new AttachOptions(streams, false, true, true, false, "", 0, 0);
    }
}
