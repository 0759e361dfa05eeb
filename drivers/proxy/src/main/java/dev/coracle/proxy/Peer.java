package dev.coracle.proxy;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.stores.Scope;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// One plugin of another program. Every failure of it says its kind, name and socket.
public final class Peer {
    private static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> LEASE =
            Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

    private final String kind;
    private final String name;
    private final Path socket;
    private final Supplier<? extends Channel> channel;

    Peer(String kind, String name, Path socket, Supplier<? extends Channel> channel) {
        this.kind = kind;
        this.name = name;
        this.socket = socket;
        this.channel = channel;
    }

    public String name() {
        return name;
    }

    /// A stub whose calls end after a time.
    public <S extends AbstractStub<S>> S stub(Function<Channel, S> factory, Scope scope, Duration limit) {
        return stub(factory, scope).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// A stub whose calls are made in a scope and may take any time.
    public <S extends AbstractStub<S>> S stub(Function<Channel, S> factory, Scope scope) {
        var headers = new Metadata();
        headers.put(NAMESPACE, scope.namespace());
        scope.lease().ifPresent(lease -> headers.put(LEASE, lease));
        return factory.apply(channel.get()).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /// Makes a call; a status becomes the failure that it stands for.
    public <T> T call(String attempt, Callable<T> call) {
        try {
            return call.call();
        } catch (StatusRuntimeException e) {
            throw failure(attempt, e.getStatus(), e);
        } catch (StatusException e) {
            throw failure(attempt, e.getStatus(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted(attempt + ": interrupted while waiting for " + this, e);
        } catch (Exception e) {
            throw new Unknown(attempt + ": " + this + ": " + e.getMessage(), e);
        }
    }

    private EngineException failure(String attempt, Status status, Throwable cause) {
        var where = attempt + ": " + this + ": ";
        if (status.getCode() == Status.Code.UNAVAILABLE && status.getCause() instanceof IOException refused) {
            return new Unavailable(where + "cannot connect: " + refused.getMessage(), cause)
                    .remedy("start the program that serves " + socket
                            + ", or take the plugin out of [proxy_plugins] in config.toml");
        }
        return PeerFailures.of(status, where, cause);
    }

    /// As it stands in messages.
    @Override
    public String toString() {
        return kind + " " + name + " at " + socket;
    }
}
