/// Networks that files describe: CNI configuration lists, made and ended by the plugins they name.
@NullMarked
package dev.coracle.cni;

import org.jspecify.annotations.NullMarked;
