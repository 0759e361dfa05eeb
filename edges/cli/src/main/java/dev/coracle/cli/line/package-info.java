/// Command lines as docker's are read: flags, arguments, help, completion.
@NullMarked
package dev.coracle.cli.line;

import org.jspecify.annotations.NullMarked;
