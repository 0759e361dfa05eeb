/// rootlesskit as its users and scripts see it: flags in, namespaces, files, signals and exit statuses out.
@NullMarked
package dev.coracle.integration.rootlesskit;

import org.jspecify.annotations.NullMarked;
