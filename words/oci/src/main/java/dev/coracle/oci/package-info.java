/// Records and JSON of the OCI image, runtime and distribution specifications.
@NullMarked
package dev.coracle.oci;

import org.jspecify.annotations.NullMarked;
