/// Networks: what containers reach each other and the world through.
@NullMarked
package dev.coracle.core.networks;

import org.jspecify.annotations.NullMarked;
