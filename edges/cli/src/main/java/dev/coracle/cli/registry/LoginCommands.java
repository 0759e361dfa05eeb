package dev.coracle.cli.registry;

import dev.coracle.cli.Prompts;
import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.core.registry.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// `login` and `logout`.
public final class LoginCommands {
    private static final int LONGEST_PASSWORD = 1 << 20;

    private LoginCommands() {}

    public static Command login() {
        return Command.of("login", "[SERVER]", "Authenticate to a registry")
                .flags(
                        Flag.text("username", "User name").letter('u'),
                        Flag.text("password", "Password or token").letter('p'),
                        Flag.bool("password-stdin", "Take the password from stdin"))
                .takes(Arity.atMost(1))
                .does(LoginCommands::login);
    }

    private static int login(Session session, Line line) throws IOException, InterruptedException {
        var server = line.arguments().isEmpty() ? "docker.io" : line.argument(0);
        var credentials = credentials(session, line);
        session.engine()
                .images()
                .checkLogin(
                        CredentialStore.host(server),
                        Access.of(session).withLogins(_ -> new Login(credentials.user(), credentials.secret())));
        var warning = new CredentialStore(session).store(server, credentials);
        warning.ifPresent(session::warn);
        session.out().line("Login Succeeded");
        return 0;
    }

    private static Credentials credentials(Session session, Line line) throws IOException {
        if (line.is("password-stdin")) {
            if (line.has("password")) {
                throw UsageFailure.of("--password and --password-stdin are mutually exclusive");
            }
            if (line.text("username").isEmpty()) {
                throw UsageFailure.of("the --password-stdin option requires --username to be set");
            }
            var bytes = session.terminal().in().readNBytes(LONGEST_PASSWORD);
            var text = new String(bytes, StandardCharsets.UTF_8).replaceFirst("\r?\n$", "");
            return complete(line.text("username"), text);
        }
        if (line.has("password")) {
            session.warn("Using --password via the CLI is insecure. Use --password-stdin.");
        }
        var asks = line.text("username").isEmpty() || !line.has("password");
        if (asks && !session.terminal().isTerminal(Terminal.Stream.IN)) {
            throw UsageFailure.of("Error: Cannot perform an interactive login from a non TTY device");
        }
        var user = line.text("username").isEmpty() ? ask(session, "Username") : line.text("username");
        var password = line.has("password") ? line.text("password") : askSecret(session);
        return complete(user, password);
    }

    private static Credentials complete(String user, String password) {
        if (user.isEmpty()) {
            throw UsageFailure.of("Error: Username is required");
        }
        if (password.isEmpty()) {
            throw UsageFailure.of("Error: Password is required");
        }
        return new Credentials(user, password);
    }

    private static String ask(Session session, String what) {
        session.out().print(what + ": ");
        session.out().flush();
        return Prompts.line(session.terminal().in()).strip();
    }

    private static String askSecret(Session session) {
        session.out().print("Password: ");
        session.out().flush();
        var secret = Prompts.secret(session.terminal());
        session.out().line("");
        return secret;
    }

    public static Command logout() {
        return Command.of("logout", "[SERVER]", "Log out from a registry")
                .takes(Arity.atMost(1))
                .does(LoginCommands::logout);
    }

    private static int logout(Session session, Line line) throws IOException, InterruptedException {
        var server = line.arguments().isEmpty() ? "docker.io" : line.argument(0);
        var known = new CredentialStore(session).erase(server);
        var shown = CredentialStore.key(server);
        session.out().line(known ? "Removing login credentials for " + shown : "Not logged in to " + shown);
        return 0;
    }
}
