/// Contract suites every driver must pass, as interfaces with default test methods, and fakes of
/// the ports that lie below. A test class implements the suites and says how to open the thing
/// under test; the same suites run on the store itself and, later, through each wire.
@NullMarked
package dev.coracle.core.testkit;

import org.jspecify.annotations.NullMarked;
