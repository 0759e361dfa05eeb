/// Tasks: running processes of a container, from creation to the deletion of their exit status.
@NullMarked
package dev.coracle.core.tasks;

import org.jspecify.annotations.NullMarked;
