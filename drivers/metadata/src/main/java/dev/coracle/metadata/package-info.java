/// The one transactional store: namespaces, names, labels, leases, garbage collection. It is the
/// source of truth about what exists; blobs and snapshot directories are files behind it that it
/// makes before, and removes after, the transaction that speaks of them. So a crash can only leave
/// files that nobody mentions, and those are found by comparing both sides at the next start.
///
/// One connection writes, under a lock; readers have connections of their own and never wait for
/// it (SQLite's write-ahead log). No lock of the store is held while files are written, copied or
/// removed.
@NullMarked
package dev.coracle.metadata;

import org.jspecify.annotations.NullMarked;
