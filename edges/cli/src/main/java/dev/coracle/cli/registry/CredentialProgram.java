package dev.coracle.cli.registry;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.cli.Invocation;
import dev.coracle.cli.Programs;
import dev.coracle.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A program `docker-credential-NAME` that keeps credentials.
record CredentialProgram(String name, Programs programs, Invocation invocation) {
    private static final String TOKEN = "<token>";

    CredentialProgram {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new FailedPrecondition("credential helper \"" + name + "\" is not the name of a program");
        }
    }

    Optional<Credentials> get(String server) throws InterruptedException {
        var ended = run("get", server);
        if (ended.status() != 0) {
            if (said(ended).toLowerCase(Locale.ROOT).contains("credentials not found")) {
                return Optional.empty();
            }
            throw failed("get", ended);
        }
        var answer = Json.object(ended.output().getBytes(StandardCharsets.UTF_8), "answer of " + program());
        var user = answer.path("Username").asString("");
        var secret = answer.path("Secret").asString("");
        return Optional.of(new Credentials(user.equals(TOKEN) ? "" : user, secret));
    }

    void store(String server, Credentials credentials) throws InterruptedException {
        var document = Json.object();
        document.put("ServerURL", server);
        document.put("Username", credentials.user().isEmpty() ? TOKEN : credentials.user());
        document.put("Secret", credentials.secret());
        var ended = run("store", new String(Json.bytes(document), StandardCharsets.UTF_8));
        if (ended.status() != 0) {
            throw failed("store", ended);
        }
    }

    void erase(String server) throws InterruptedException {
        var ended = run("erase", server);
        if (ended.status() != 0 && !said(ended).toLowerCase(Locale.ROOT).contains("credentials not found")) {
            throw failed("erase", ended);
        }
    }

    private String program() {
        return "docker-credential-" + name;
    }

    private Programs.Ended run(String verb, String input) throws InterruptedException {
        return programs.run(List.of(program(), verb), input.getBytes(StandardCharsets.UTF_8), invocation.environment());
    }

    private static String said(Programs.Ended ended) {
        return (ended.output() + "\n" + ended.error()).strip();
    }

    private FailedPrecondition failed(String verb, Programs.Ended ended) {
        return new FailedPrecondition("error getting credentials: " + program() + " " + verb + " ended with "
                + ended.status() + ": " + said(ended));
    }
}
