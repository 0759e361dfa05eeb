/// The one transactional store: namespaces, names, labels, leases, garbage collection.
@NullMarked
package dev.coracle.metadata;

import org.jspecify.annotations.NullMarked;
