package dev.coracle.rootlesskit;

import dev.coracle.rootlesskit.ApiServer.Answer;
import dev.coracle.userns.Json;
import dev.coracle.userns.NetworkDriver.Addresses;
import dev.coracle.userns.PortDriver;
import dev.coracle.userns.PortDriver.Published;
import dev.coracle.userns.PortSpec;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// RootlessKit's API, version 1: what runs, and the ports that are published.
final class Api {
    private static final String VERSION = "1.1.1";
    private static final String PORTS = "/v1/ports";

    /// What clients ask about us.
    ///
    /// @param network the driver, none for the host's network
    /// @param addresses where the namespace is reached, empty when nobody knows, and its name servers
    /// @param isDynamic whether the address may become another
    record Facts(Path state, long childPid, Optional<String> network, Addresses addresses, boolean isDynamic) {}

    private final Facts facts;
    private final Optional<PortDriver> ports;

    Api(Facts facts, Optional<PortDriver> ports) {
        this.facts = facts;
        this.ports = ports;
    }

    Answer answer(String method, String path, String body) throws IOException, InterruptedException {
        if (path.equals("/v1/info")) {
            return method.equals("GET") ? Answer.json(200, info() + "\n") : Answer.empty(405);
        }
        if (path.equals(PORTS)) {
            return switch (method) {
                case "GET" -> Answer.json(200, list(driver().list()) + "\n");
                case "POST" -> Answer.json(201, status(driver().add(spec(body))) + "\n");
                default -> Answer.empty(405);
            };
        }
        if (path.startsWith(PORTS + "/") && path.indexOf('/', PORTS.length() + 1) < 0) {
            if (!method.equals("DELETE")) {
                return Answer.empty(405);
            }
            driver().remove(id(path.substring(PORTS.length() + 1)));
            return Answer.empty(200);
        }
        return Answer.text(404, "404 page not found\n");
    }

    private PortDriver driver() throws UsernsException {
        return ports.orElseThrow(() -> new UsernsException("no PortDriver is available"));
    }

    private static int id(String text) throws UsernsException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new UsernsException("bad id " + text + ": not a number", null, wrong);
        }
    }

    private String info() {
        var fields = new ArrayList<>(List.of(
                "\"apiVersion\":" + Json.quoted(VERSION),
                "\"version\":" + Json.quoted(Version.NUMBER),
                "\"stateDir\":" + Json.quoted(facts.state.toString()),
                "\"childPID\":" + facts.childPid));
        facts.network.ifPresent(driver -> {
            var network = new ArrayList<>(List.of("\"driver\":" + Json.quoted(driver)));
            if (!facts.addresses.dns().isEmpty()) {
                network.add("\"dns\":" + texts(facts.addresses.dns()));
            }
            if (!facts.addresses.child().isEmpty()) {
                network.add("\"childIP\":" + Json.quoted(facts.addresses.child()));
            }
            if (facts.isDynamic) {
                network.add("\"dynamicChildIP\":true");
            }
            fields.add("\"networkDriver\":{" + String.join(",", network) + "}");
        });
        ports.ifPresent(driver -> fields.add("\"portDriver\":{\"driver\":" + Json.quoted(driver.name()) + ",\"protos\":"
                + texts(driver.protocols())
                + (driver.disallowsLoopbackChild() ? ",\"disallowLoopbackChildIP\":true" : "") + "}"));
        return "{" + String.join(",", fields) + "}";
    }

    private static String texts(List<String> texts) {
        return texts.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    /// No ports are null, not an empty list: as RootlessKit has it.
    private static String list(List<Published> ports) {
        return ports.isEmpty() ? "null" : ports.stream().map(Api::status).collect(Collectors.joining(",", "[", "]"));
    }

    static String status(Published port) {
        return "{\"id\":" + port.id() + ",\"spec\":" + json(port.spec())
                + port.note().map(note -> ",\"note\":" + Json.quoted(note)).orElse("") + "}";
    }

    static String json(PortSpec spec) {
        return "{\"proto\":" + Json.quoted(spec.protocol())
                + (spec.parentIp().isEmpty() ? "" : ",\"parentIP\":" + Json.quoted(spec.parentIp()))
                + ",\"parentPort\":" + spec.parentPort()
                + (spec.childIp().isEmpty() ? "" : ",\"childIP\":" + Json.quoted(spec.childIp()))
                + ",\"childPort\":" + spec.childPort() + "}";
    }

    private static PortSpec spec(String body) throws UsernsException {
        Json json;
        try {
            json = Json.parse(body);
        } catch (IllegalArgumentException wrong) {
            throw new UsernsException(String.valueOf(wrong.getMessage()), null, wrong);
        }
        if (!(json instanceof Json.Fields)) {
            throw new UsernsException("invalid JSON: expected a PortSpec object");
        }
        return new PortSpec(
                text(json, "proto"),
                text(json, "parentIP"),
                number(json, "parentPort"),
                text(json, "childIP"),
                number(json, "childPort"));
    }

    private static String text(Json json, String name) throws UsernsException {
        return switch (json.field(name).orElse(new Json.Text(""))) {
            case Json.Text(var text) -> text;
            case Json _ -> throw new UsernsException("invalid JSON: " + name + " is not a text");
        };
    }

    private static int number(Json json, String name) throws UsernsException {
        return switch (json.field(name).orElse(new Json.Numeral(0))) {
            case Json.Numeral(var number) when number == (int) number -> (int) number;
            case Json _ -> throw new UsernsException("invalid JSON: " + name + " is not a whole number");
        };
    }
}
