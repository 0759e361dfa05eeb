package dev.coracle.core.tasks;

/// Where a process reads and writes: empty (nothing), the path of a named pipe that the client has made (perhaps as
/// `fifo://`), `file://` (append), `binary://` (a logger process). With a terminal only `stdin` and `stdout` are used.
///
/// As `stdout` alone, for both streams: `log:///path[?max-size=BYTES]` is a log that the runtime keeps in the format of
/// CRI, without any process of ours; `attach://` keeps nothing. To such a process one can be attached
/// ([TaskRuntime#attach]); its `stdin` is `attach://` (whoever is attached writes, and it stays open) or
/// `attach://once` (it ends with the first who was attached).
public record Stdio(String stdin, String stdout, String stderr, boolean terminal) {}
