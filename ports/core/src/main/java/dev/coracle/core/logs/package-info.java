/// Where the output of containers is sent beside the log that is kept here.
@NullMarked
package dev.coracle.core.logs;

import org.jspecify.annotations.NullMarked;
