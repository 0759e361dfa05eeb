/// Leases: what a client holds on to while no label or name keeps it yet.
@NullMarked
package dev.coracle.core.leases;

import org.jspecify.annotations.NullMarked;
