/// The words every room speaks: digests, references, labels, filters, platforms, failures, and
/// the task group. Nothing here does input or output.
@NullMarked
package dev.coracle.base;

import org.jspecify.annotations.NullMarked;
