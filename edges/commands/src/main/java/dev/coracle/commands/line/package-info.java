/// Command lines as `ctr` reads them (Go's flag syntax: `-x v`, `--x=v`, flags before arguments),
/// its help pages, and tables with Go's tabwriter's spacing.
@NullMarked
package dev.coracle.commands.line;

import org.jspecify.annotations.NullMarked;
