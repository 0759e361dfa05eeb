/// Sub-ids, copy-up, slirp4netns, pasta: the parent and the child half.
@NullMarked
package dev.coracle.userns;

import org.jspecify.annotations.NullMarked;
