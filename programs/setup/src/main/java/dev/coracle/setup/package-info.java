/// Looks at the machine, installs the engine for an account, and removes it again: `containerd-rootless-setuptool.sh`
/// and
/// `coracle doctor`. No daemon is needed for any of it.
///
/// A [Probe] looks at one part of the machine and tells what it found as [Finding]s; [Checkup] asks them all. The
/// machine is
/// a [Ground], a root directory that need not be `/`, so that every probe is tested against files.
@NullMarked
package dev.coracle.setup;

import org.jspecify.annotations.NullMarked;
