/// Where a caller stands: a namespace, and perhaps a lease, asked for once and passed on as a
/// view.
@NullMarked
package dev.coracle.core.stores;

import org.jspecify.annotations.NullMarked;
