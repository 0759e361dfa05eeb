/// The launcher.
@NullMarked
package dev.coracle.rootlesskit;

import org.jspecify.annotations.NullMarked;
