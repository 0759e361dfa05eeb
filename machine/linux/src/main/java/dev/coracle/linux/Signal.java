package dev.coracle.linux;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A signal by its number; the names are those of Linux on x86-64 and aarch64.
public record Signal(int number) {
    public static final int FIRST_REAL_TIME = 34;
    public static final int LAST = 64;
    public static final Signal HUP = new Signal(1);
    public static final Signal INT = new Signal(2);
    public static final Signal QUIT = new Signal(3);
    public static final Signal KILL = new Signal(9);
    public static final Signal USR1 = new Signal(10);
    public static final Signal USR2 = new Signal(12);
    public static final Signal PIPE = new Signal(13);
    public static final Signal TERM = new Signal(15);
    public static final Signal CHLD = new Signal(17);
    public static final Signal CONT = new Signal(18);
    public static final Signal STOP = new Signal(19);
    public static final Signal TSTP = new Signal(20);
    public static final Signal URG = new Signal(23);
    public static final Signal WINCH = new Signal(28);

    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };
    private static final String[] SENTENCES = {
        "hangup",
        "interrupt",
        "quit",
        "illegal instruction",
        "trace/breakpoint trap",
        "aborted",
        "bus error",
        "floating point exception",
        "killed",
        "user defined signal 1",
        "segmentation fault",
        "user defined signal 2",
        "broken pipe",
        "alarm clock",
        "terminated",
        "stack fault",
        "child exited",
        "continued",
        "stopped (signal)",
        "stopped",
        "stopped (tty input)",
        "stopped (tty output)",
        "urgent I/O condition",
        "CPU time limit exceeded",
        "file size limit exceeded",
        "virtual timer expired",
        "profiling timer expired",
        "window changed",
        "I/O possible",
        "power failure",
        "bad system call"
    };

    public Signal {
        if (number < 0 || number > LAST) {
            throw new IllegalArgumentException("not a signal number: " + number);
        }
    }

    /// By `KILL`, `SIGKILL`, `9` or `RTMIN+1`, in any case.
    public static Optional<Signal> find(String text) {
        var name = text.toUpperCase(java.util.Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        return Optional.ofNullable(byName().get(name)).map(Signal::new);
    }

    private static Map<String, Integer> byName() {
        var names = new TreeMap<String, Integer>();
        for (var number = 0; number <= LAST; number++) {
            names.put(Integer.toString(number), number);
        }
        for (var i = 0; i < NAMES.length; i++) {
            names.put(NAMES[i], i + 1);
        }
        names.put("CLD", CHLD.number);
        names.put("POLL", 29);
        names.put("IOT", 6);
        names.put("RTMIN", FIRST_REAL_TIME);
        names.put("RTMAX", LAST);
        for (var i = 1; i < LAST - FIRST_REAL_TIME; i++) {
            names.put("RTMIN+" + i, FIRST_REAL_TIME + i);
            names.put("RTMAX-" + i, LAST - i);
        }
        return names;
    }

    /// As `SIGKILL`.
    public String name() {
        if (number >= 1 && number <= NAMES.length) {
            return "SIG" + NAMES[number - 1];
        }
        return number >= FIRST_REAL_TIME ? "SIGRTMIN+" + (number - FIRST_REAL_TIME) : "signal " + number;
    }

    /// As shells describe a death by it: `killed`, `terminated`.
    public String sentence() {
        return number >= 1 && number <= SENTENCES.length ? SENTENCES[number - 1] : "signal " + number;
    }

    long bit() {
        return 1L << (number - 1);
    }

    // written out: the generated ones are put together when they are first called, at every start of a program
    @Override
    public boolean equals(Object other) {
        return other instanceof Signal signal && signal.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return name();
    }
}
