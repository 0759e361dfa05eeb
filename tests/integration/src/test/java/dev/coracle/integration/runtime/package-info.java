/// The runtime driver with real conmon, crun and runc, in a user namespace.
@NullMarked
package dev.coracle.integration.runtime;

import org.jspecify.annotations.NullMarked;
