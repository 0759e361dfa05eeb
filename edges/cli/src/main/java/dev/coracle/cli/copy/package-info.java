/// Files between the caller and a container, as tar archives.
@NullMarked
package dev.coracle.cli.copy;

import org.jspecify.annotations.NullMarked;
