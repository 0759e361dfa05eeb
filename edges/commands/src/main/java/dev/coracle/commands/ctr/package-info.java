/// The commands of `ctr`, one class per group: flags, one use case, one view.
@NullMarked
package dev.coracle.commands.ctr;

import org.jspecify.annotations.NullMarked;
