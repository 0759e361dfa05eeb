package dev.coracle.registry;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.oci.RegistryError;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/// The one place where answers and connection failures become the failures of this room.
final class Failures {
    private static final int LARGEST_ERROR = 16 << 10;

    private Failures() {}

    /// What a status that was not hoped for means. Closes the body.
    static EngineException of(RegistryHost host, String what, HttpResponse<InputStream> answer) {
        var status = answer.statusCode();
        var detail = detail(answer);
        var text =
                what + ": " + host.authority() + " answered " + status + (detail.isEmpty() ? "" : " (" + detail + ")");
        return switch (status) {
            case 401 -> Authorizer.refused(host, what + ": status 401" + (detail.isEmpty() ? "" : " (" + detail + ")"));
            case 403 ->
                new PermissionDenied(text + ": permission denied")
                        .remedy("log in with an account that may do this (--user name:password)");
            case 404 -> new NotFound(what + ": not found");
            case 429 ->
                new ResourceExhausted(text + ": too many requests")
                        .remedy("wait, or log in: registries give more to known accounts (--user name:password)");
            case 408, 500, 502, 503, 504 -> new Unavailable(text);
            default -> new Unknown(text);
        };
    }

    private static String detail(HttpResponse<InputStream> answer) {
        try (var body = answer.body()) {
            var errors = RegistryError.parse(body.readNBytes(LARGEST_ERROR));
            return errors.stream().map(RegistryError::toString).collect(Collectors.joining("; "));
        } catch (IOException unreadable) {
            return "";
        }
    }

    static EngineException unreachable(Transport.Call call, IOException cause) {
        var failure = new Unavailable(call.method() + " " + call.uri() + ": " + reason(cause), cause);
        if (cause instanceof SSLException && reason(cause).contains("plain text")) {
            return failure.remedy("if the registry speaks plain http, say so (--plain-http)");
        }
        if (cause instanceof SSLException) {
            return failure.remedy("if its certificate comes from your own authority, name that (--tlscacert FILE)");
        }
        return failure;
    }

    static boolean worthAnotherTry(IOException failure) {
        return !(failure instanceof SSLException) && !(failure instanceof ConnectException);
    }

    static String reason(IOException failure) {
        if (failure instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no such host";
            }
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        var message = failure.getMessage();
        if (message != null && message.contains("Unsupported or unrecognized SSL message")) {
            return "the server answered in plain text";
        }
        return message == null ? "connection lost" : message;
    }
}
