/// The commands about the whole engine and about namespaces.
@NullMarked
package dev.coracle.cli.system;

import org.jspecify.annotations.NullMarked;
