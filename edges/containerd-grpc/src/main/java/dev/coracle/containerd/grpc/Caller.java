package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.stores.Scope;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.Optional;

/// Where the caller of the current request stands, by its headers: the namespace and perhaps a
/// lease. The first value of a repeated header wins.
record Caller(Optional<String> namespace, Optional<String> lease, Runnable flushHeaders) {
    static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> LEASE = Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Caller> KEY = Context.key("caller");

    /// The context a request is handled in.
    static Context context(Metadata headers, Runnable flushHeaders) {
        var caller = new Caller(first(headers, NAMESPACE), first(headers, LEASE), flushHeaders);
        return Context.current().withValue(KEY, caller);
    }

    /// The caller of the request which this thread handles.
    static Caller current() {
        return KEY.get();
    }

    /// The scope of the request which this thread handles.
    ///
    /// @throws FailedPrecondition when the request names no namespace
    static Scope scope() {
        var caller = current();
        var namespace = caller.namespace().orElseThrow(() -> new FailedPrecondition("namespace is required"));
        return new Scope(namespace, caller.lease());
    }

    private static Optional<String> first(Metadata headers, Metadata.Key<String> key) {
        var values = headers.getAll(key);
        if (values == null) {
            return Optional.empty();
        }
        for (var value : values) {
            return value.isEmpty() ? Optional.empty() : Optional.of(value);
        }
        return Optional.empty();
    }
}
