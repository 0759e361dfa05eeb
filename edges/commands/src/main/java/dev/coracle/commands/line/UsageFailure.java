package dev.coracle.commands.line;

/// The command line itself is wrong. The message is shown as it is.
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean showsHelp;

    private UsageFailure(String message, boolean showsHelp) {
        super(message);
        this.showsHelp = showsHelp;
    }

    /// Something about the values; the person knows the command.
    public static UsageFailure of(String message) {
        return new UsageFailure(message, false);
    }

    /// Something about the flags; the help page is shown too.
    static UsageFailure withHelp(String message) {
        return new UsageFailure(message, true);
    }

    public boolean showsHelp() {
        return showsHelp;
    }
}
