/// Runs containerd's own client tests, built elsewhere, against a daemon that is named `containerd`.
@NullMarked
package dev.coracle.integration.conformance;

import org.jspecify.annotations.NullMarked;
