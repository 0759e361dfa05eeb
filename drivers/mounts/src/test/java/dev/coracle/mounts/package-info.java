/// What needs no mount: options, arguments, short paths. Real mounts are tested with the
/// snapshotters, inside a user namespace.
@NullMarked
package dev.coracle.mounts;

import org.jspecify.annotations.NullMarked;
