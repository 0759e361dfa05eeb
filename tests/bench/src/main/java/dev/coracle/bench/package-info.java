/// Measures what the budgets of the design promise, side by side with the distribution's programs: the same image, the
/// same run, turn by turn, so that a busy machine is busy for both.
@NullMarked
package dev.coracle.bench;

import org.jspecify.annotations.NullMarked;
