/// Services that take lines of output: syslog, journald and Fluentd, spoken to directly.
@NullMarked
package dev.coracle.logs;

import org.jspecify.annotations.NullMarked;
