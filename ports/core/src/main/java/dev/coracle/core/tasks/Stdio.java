package dev.coracle.core.tasks;

/// Where a process reads and writes, as the client said: empty (nothing), the path of a named
/// pipe that the client has made (perhaps as `fifo://`), `file://` (append), `binary://` (a
/// logger process). With a terminal only `stdin` and `stdout` are used.
public record Stdio(String stdin, String stdout, String stderr, boolean terminal) {}
