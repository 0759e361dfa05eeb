/// Containers by conmon and crun or runc; cgroups.
@NullMarked
package dev.coracle.runtime;

import org.jspecify.annotations.NullMarked;
