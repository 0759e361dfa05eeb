/// The walls between the rooms, as tests: which room may use which, and what only one room may touch.
@NullMarked
package dev.coracle.architecture;

import org.jspecify.annotations.NullMarked;
