/// Records and JSON of the OCI image, runtime and distribution specifications, and of the Docker
/// formats they grew out of. Everything read here comes from registries and archives: depth,
/// length and count are limited, and what is malformed is an `InvalidArgument` that names the
/// document.
@NullMarked
package dev.coracle.oci;

import org.jspecify.annotations.NullMarked;
