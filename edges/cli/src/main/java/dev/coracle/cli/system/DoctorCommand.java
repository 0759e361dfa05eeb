package dev.coracle.cli.system;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;

/// `doctor`, which the client carries out itself: from inside the engine's namespaces neither sub-ids nor AppArmor nor
/// the account's limits can be seen. Here it is for help and completion.
public final class DoctorCommand {
    private DoctorCommand() {}

    public static Command command() {
        return Command.of("doctor", "", "Look for everything that would keep containers from running")
                .flags(Flag.bool("json", "Show the findings as JSON"))
                .does((_, _) -> {
                    throw new FailedPrecondition(
                                    "look for what containers lack: this is the engine, which does not see the machine from outside")
                            .remedy("type coracle doctor without --address, on the machine that the engine runs on");
                });
    }
}
