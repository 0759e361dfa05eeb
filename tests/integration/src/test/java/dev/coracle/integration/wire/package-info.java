/// containerd's API as a client sees it: for each service a class of cases that use nothing but the
/// socket. The same cases are passed by our daemon (`./verify`) and by containerd (`tests/wire`).
@NullMarked
package dev.coracle.integration.wire;

import org.jspecify.annotations.NullMarked;
