/// The command lines as classes: options in, one use case, one view out.
@NullMarked
package dev.coracle.commands;

import org.jspecify.annotations.NullMarked;
