/// Mounts made real. A [dev.coracle.core.mounts.Mount] is words as in fstab; here they become the
/// kernel's flags and data, or a FUSE program, on a place that never lies outside the root given,
/// and a failure leaves nothing mounted.
@NullMarked
package dev.coracle.mounts;

import org.jspecify.annotations.NullMarked;
