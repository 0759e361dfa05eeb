/// Files of containers and volumes, whose names and contents nobody may trust.
@NullMarked
package dev.coracle.core.files;

import org.jspecify.annotations.NullMarked;
