package dev.coracle.cli.line;

/// A command line that is wrong: what is printed, and the exit status.
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int BAD_FLAG = 125;

    private final int status;

    private UsageFailure(String text, int status) {
        super(text, null, false, false);
        this.status = status;
    }

    /// A flag that is unknown, or has a wrong value.
    static UsageFailure flag(String message, String program, Command command, String path) {
        return new UsageFailure(
                message + "\n\nUsage:  " + command.usage(program, path) + "\n\nRun '" + program + " " + path
                        + " --help' for more information",
                BAD_FLAG);
    }

    /// Arguments that do not fit.
    static UsageFailure arguments(String message, String program, Command command, String path) {
        return new UsageFailure(
                program + ": '" + program + " " + path + "' " + message + "\n\nUsage:  " + command.usage(program, path)
                        + "\n\nRun '" + program + " " + path + " --help' for more information",
                1);
    }

    /// Any other mistake that the command itself finds in what it was given.
    public static UsageFailure of(String message) {
        return new UsageFailure(message, 1);
    }

    /// With an exit status of its own.
    public static UsageFailure of(String message, int status) {
        return new UsageFailure(message, status);
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    public int status() {
        return status;
    }
}
