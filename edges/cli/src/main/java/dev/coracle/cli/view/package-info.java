/// What commands print: tables, templates, units.
@NullMarked
package dev.coracle.cli.view;

import org.jspecify.annotations.NullMarked;
