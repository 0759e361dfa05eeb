/// The thin client: passes its command on to the daemon and returns the exit status; starts the
/// daemon when none runs. `docs/forwarding.md` says where it looks; the C client does the same.
@NullMarked
package dev.coracle.coracle;

import org.jspecify.annotations.NullMarked;
