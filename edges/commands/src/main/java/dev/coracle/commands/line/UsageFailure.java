package dev.coracle.commands.line;

/// The command line itself is wrong. The message is shown as it is.
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int UNKNOWN_COMMAND = 3;

    private final Help help;

    private enum Help {
        NONE,
        SHOWN,
        IS_THE_ANSWER,
        HAS_NO_SUCH_TOPIC
    }

    private UsageFailure(String message, Help help) {
        super(message);
        this.help = help;
    }

    /// Something about the values; the person knows the command.
    public static UsageFailure of(String message) {
        return new UsageFailure(message, Help.NONE);
    }

    /// Something about the flags; the help page is shown too.
    static UsageFailure withHelp(String message) {
        return new UsageFailure(message, Help.SHOWN);
    }

    /// The number of arguments is wrong, where ctr answers with the help page and is content.
    public static UsageFailure answeredWithHelp() {
        return new UsageFailure("wrong number of arguments", Help.IS_THE_ANSWER);
    }

    /// There is no command of this name.
    static UsageFailure noTopic(String word) {
        return new UsageFailure("No help topic for '" + word + "'", Help.HAS_NO_SUCH_TOPIC);
    }

    /// What the program ends with.
    public int status() {
        return help == Help.HAS_NO_SUCH_TOPIC ? UNKNOWN_COMMAND : 1;
    }

    public boolean showsHelp() {
        return help == Help.SHOWN;
    }

    boolean isAnsweredWithHelp() {
        return help == Help.IS_THE_ANSWER;
    }
}
