/// What a user does, with real namespaces, real programs and real clients: the whole tree as it is
/// shipped is started by an unprivileged account, and watched from outside. Run by `./verify`.
@NullMarked
package dev.coracle.integration;

import org.jspecify.annotations.NullMarked;
