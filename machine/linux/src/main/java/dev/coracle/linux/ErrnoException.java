package dev.coracle.linux;

import java.io.IOException;

/// A system call failed: which one, on what, and why.
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;

    private final Errno errno;
    private final int number;
    private final String call;
    private final String argument;

    public ErrnoException(Errno errno, String call, String argument) {
        this(errno.number(), call, argument);
    }

    ErrnoException(int number, String call, String argument) {
        super(sentence(number, call, argument));
        this.errno = Errno.of(number);
        this.number = number;
        this.call = call;
        this.argument = argument;
    }

    private static String sentence(int number, String call, String argument) {
        var errno = Errno.of(number);
        var why = errno == Errno.UNKNOWN ? "error number " + number : errno.text();
        return argument.isEmpty() ? call + ": " + why : call + " " + argument + ": " + why;
    }

    public Errno errno() {
        return errno;
    }

    /// The raw number, for those [Errno] does not name.
    public int number() {
        return number;
    }

    /// The system call, as manual pages write it.
    public String call() {
        return call;
    }

    /// What it was called on; may be empty.
    public String argument() {
        return argument;
    }

    public boolean is(Errno... any) {
        for (var one : any) {
            if (one == errno) {
                return true;
            }
        }
        return false;
    }
}
