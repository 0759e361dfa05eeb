package dev.coracle.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.cli.Client;
import dev.coracle.cli.Programs;
import dev.coracle.core.registry.Login;
import dev.coracle.core.registry.RegistryAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `login` and `logout`, and where credentials are kept.
class CredentialsTest {
    private final Client client = new Client();

    @TempDir
    private Path home = Path.of("");

    @BeforeEach
    void at_home() {
        client.directory = home;
        client.environment.put("HOME", home.toString());
        client.images.on("checkLogin", arguments -> {
            var login = ((RegistryAccess) arguments.get(1)).logins().apply("any");
            if (!login.equals(new Login("me", "secret"))) {
                throw new Unauthenticated("authorize at " + arguments.getFirst() + ": credentials were not accepted");
            }
            return true;
        });
    }

    private Path file() {
        return home.resolve(".docker/config.json");
    }

    @Test
    void a_password_from_stdin_is_checked_and_kept() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"detachKeys\": \"ctrl-x\"}");
        assertThat(client.typing("secret\n").run("login -u me --password-stdin registry.example:5000"))
                .isZero();
        assertThat(client.out()).isEqualTo("Login Succeeded\n");
        assertThat(Files.readString(file())).isEqualTo("""
            {
            \t"detachKeys": "ctrl-x",
            \t"auths": {
            \t\t"registry.example:5000": {
            \t\t\t"auth": "bWU6c2VjcmV0"
            \t\t}
            \t}
            }
            """);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        client.run("logout registry.example:5000");
        assertThat(client.out()).isEqualTo("Removing login credentials for registry.example:5000\n");
        assertThat(Files.readString(file())).doesNotContain("bWU6");
        client.run("logout registry.example:5000");
        assertThat(client.out()).isEqualTo("Not logged in to registry.example:5000\n");
    }

    @Test
    void a_wrong_password_is_not_kept() {
        assertThat(client.typing("wrong").run("login -u me --password-stdin")).isEqualTo(1);
        assertThat(client.err()).startsWith("Error: authorize at docker.io");
        assertThat(file()).doesNotExist();
    }

    @Test
    void the_hub_has_a_name_of_its_own() throws IOException {
        client.typing("secret").run("login -u me --password-stdin");
        assertThat(Files.readString(file())).contains("\"https://index.docker.io/v1/\"");
    }

    @Test
    void helpers_keep_credentials_when_the_file_says_so() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"credsStore\": \"all\", \"credHelpers\": {\"one.example\": \"own\"}}");
        var calls = new ArrayList<String>();
        client.programs = (command, input, _) -> {
            calls.add(String.join(" ", command) + " < " + new String(input, StandardCharsets.UTF_8));
            return new Programs.Ended(0, "", "");
        };
        client.typing("secret").run("login -u me --password-stdin one.example");
        client.run("logout two.example");
        assertThat(calls)
                .isEqualTo(List.of(
                        "docker-credential-own store <"
                                + " {\"ServerURL\":\"one.example\",\"Username\":\"me\",\"Secret\":\"secret\"}",
                        "docker-credential-all erase < two.example"));
    }

    @Test
    void a_login_needs_a_person_or_all_of_it() {
        assertThat(client.run("login")).isEqualTo(1);
        assertThat(client.err()).isEqualTo("Error: Cannot perform an interactive login from a non TTY device\n");
        assertThat(client.run("login --password-stdin")).isEqualTo(1);
        client.terminal = true;
        assertThat(client.typing("me\nsecret\r").run("login")).isZero();
        assertThat(client.out()).isEqualTo("Username: Password: \nLogin Succeeded\n");
    }
}
