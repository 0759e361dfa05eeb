/// The command line `coracle`, also installed as `nerdctl`: each command reads its options, calls
/// one use case of the engine and shows one view.
@NullMarked
package dev.coracle.cli;

import org.jspecify.annotations.NullMarked;
