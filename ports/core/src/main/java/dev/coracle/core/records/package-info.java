/// Records: small documents of the engine and its drivers, kept in the one store.
@NullMarked
package dev.coracle.core.records;

import org.jspecify.annotations.NullMarked;
