package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import java.util.Locale;

/// Signals by name or number.
final class Signals {
    static final int KILL = 9;

    /// By number, from 1; x86-64 and aarch64 agree.
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private static final int FIRST_REALTIME = 34;
    private static final int LAST = 64;

    private Signals() {}

    /// @throws InvalidArgument when there is no such signal
    static int number(String signal) {
        var word = signal.toUpperCase(Locale.ROOT);
        var name = word.startsWith("SIG") ? word.substring(3) : word;
        if (name.matches("[0-9]{1,2}")) {
            var number = Integer.parseInt(name);
            if (number >= 1 && number <= LAST) {
                return number;
            }
        }
        if (NAMES.contains(name)) {
            return NAMES.indexOf(name) + 1;
        }
        if (name.equals("IOT")) {
            return NAMES.indexOf("ABRT") + 1;
        }
        if (name.matches("RTMIN(\\+[0-9]{1,2})?")) {
            var number = FIRST_REALTIME + (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0);
            if (number <= LAST) {
                return number;
            }
        }
        if (name.matches("RTMAX(-[0-9]{1,2})?")) {
            var number = LAST - (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0);
            if (number >= FIRST_REALTIME) {
                return number;
            }
        }
        throw new InvalidArgument("invalid signal: " + signal);
    }
}
