package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.types.transfer.AuthRequest;
import dev.coracle.containerd.api.types.transfer.AuthResponse;
import dev.coracle.core.registry.Login;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Asks a client, over its stream, for the credentials of a registry: once per host.
final class ClientLogin implements Function<String, Login> {
    private final ClientStream stream;
    private final String reference;
    private final Map<String, Login> known = new ConcurrentHashMap<>();

    ClientLogin(ClientStream stream, String reference) {
        this.stream = stream;
        this.reference = reference;
    }

    @Override
    public synchronized Login apply(String host) {
        return known.computeIfAbsent(host, this::ask);
    }

    private Login ask(String host) {
        var request =
                AuthRequest.newBuilder().setHost(host).setReference(reference).build();
        try {
            stream.send(Wire.any(request));
            return stream.receive().map(ClientLogin::login).orElse(Login.ANONYMOUS);
        } catch (InterruptedException e) {
            throw new Boundary.Interruption(e);
        }
    }

    private static Login login(Any answer) {
        try {
            if (!answer.getTypeUrl().equals(AuthResponse.getDescriptor().getFullName())) {
                throw new InvalidArgument("credentials expected on the stream, not " + answer.getTypeUrl());
            }
            var response = AuthResponse.parseFrom(answer.getValue());
            return switch (response.getAuthType()) {
                case NONE -> Login.ANONYMOUS;
                case CREDENTIALS -> new Login(response.getUsername(), response.getSecret());
                case REFRESH -> new Login("", response.getSecret());
                case HEADER ->
                    throw new NotImplemented("an authorization header as credentials of a registry")
                            .remedy("give user and password, or a refresh token");
                case UNRECOGNIZED ->
                    throw new InvalidArgument("credentials of unknown type " + response.getAuthTypeValue());
            };
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidArgument("malformed credentials", e);
        }
    }
}
