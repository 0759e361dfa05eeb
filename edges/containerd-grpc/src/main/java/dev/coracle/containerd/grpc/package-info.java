/// One thin adapter per containerd service; failures to status and back.
@NullMarked
package dev.coracle.containerd.grpc;

import org.jspecify.annotations.NullMarked;
