/// The template language of `--format`: what Go's `text/template` does with a value, and the
/// functions that Docker's commands add. Knows values, not commands.
@NullMarked
package dev.coracle.gotemplate;

import org.jspecify.annotations.NullMarked;
