package dev.coracle.containerd.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts calls by method, type and outcome, under the names that Prometheus' gRPC middleware gave
/// them and that dashboards of containerd look for.
final class CallMetrics implements ServerInterceptor {
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double NANOS = 1e9;

    private final boolean histogram;
    private final LongSupplier nanos;
    private final Map<Method, Figures> methods = new ConcurrentHashMap<>();

    private record Method(String service, String name, String type) {
        static Method of(MethodDescriptor<?, ?> descriptor) {
            return new Method(
                    String.valueOf(descriptor.getServiceName()),
                    String.valueOf(descriptor.getBareMethodName()),
                    switch (descriptor.getType()) {
                        case UNARY, UNKNOWN -> "unary";
                        case SERVER_STREAMING -> "server_stream";
                        case CLIENT_STREAMING -> "client_stream";
                        case BIDI_STREAMING -> "bidi_stream";
                    });
        }

        String labels() {
            return "grpc_method=\"" + name + "\",grpc_service=\"" + service + "\",grpc_type=\"" + type + "\"";
        }
    }

    /// Of one method.
    private static final class Figures {
        private final LongAdder started = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final Map<Status.Code, LongAdder> handled = new ConcurrentHashMap<>();
        private final List<LongAdder> buckets = java.util.stream.Stream.generate(LongAdder::new)
                .limit(BOUNDS.length + 1L)
                .toList();
        private final LongAdder totalNanos = new LongAdder();

        void ended(Status.Code code, long tookNanos) {
            handled.computeIfAbsent(code, _ -> new LongAdder()).increment();
            var bucket = 0;
            while (bucket < BOUNDS.length && tookNanos / NANOS > BOUNDS[bucket]) {
                bucket++;
            }
            buckets.get(bucket).increment();
            totalNanos.add(tookNanos);
        }
    }

    CallMetrics(boolean histogram, LongSupplier nanos) {
        this.histogram = histogram;
        this.nanos = nanos;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var figures = methods.computeIfAbsent(Method.of(call.getMethodDescriptor()), _ -> new Figures());
        var begin = nanos.getAsLong();
        figures.started.increment();
        var counted = new SimpleForwardingServerCall<Q, A>(call) {
            @Override
            public void sendMessage(A message) {
                figures.sent.increment();
                super.sendMessage(message);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                figures.ended(status.getCode(), nanos.getAsLong() - begin);
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
            @Override
            public void onMessage(Q message) {
                figures.received.increment();
                super.onMessage(message);
            }
        };
    }

    /// Everything so far, in Prometheus' text format.
    void write(MetricsText text) {
        var all = methods.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().labels()))
                .toList();
        text.counter("grpc_server_started_total", "Total number of RPCs started on the server.");
        all.forEach(entry -> text.value(
                "grpc_server_started_total",
                entry.getKey().labels(),
                entry.getValue().started.sum()));
        text.counter(
                "grpc_server_handled_total",
                "Total number of RPCs completed on the server, regardless of success or failure.");
        all.forEach(entry -> entry.getValue()
                .handled
                .forEach((code, count) -> text.value(
                        "grpc_server_handled_total",
                        "grpc_code=\"" + word(code) + "\"," + entry.getKey().labels(),
                        count.sum())));
        text.counter("grpc_server_msg_received_total", "Total number of RPC stream messages received on the server.");
        all.forEach(entry -> text.value(
                "grpc_server_msg_received_total",
                entry.getKey().labels(),
                entry.getValue().received.sum()));
        text.counter("grpc_server_msg_sent_total", "Total number of gRPC stream messages sent by the server.");
        all.forEach(entry -> text.value(
                "grpc_server_msg_sent_total",
                entry.getKey().labels(),
                entry.getValue().sent.sum()));
        if (histogram) {
            text.histogram(
                    "grpc_server_handling_seconds",
                    "Histogram of response latency (seconds) of gRPC that had been application-level handled by"
                            + " the server.");
            all.forEach(entry -> durations(text, entry.getKey().labels(), entry.getValue()));
        }
    }

    private static void durations(MetricsText text, String labels, Figures figures) {
        var sum = 0L;
        for (var at = 0; at <= BOUNDS.length; at++) {
            sum += figures.buckets.get(at).sum();
            var bound = at < BOUNDS.length ? number(BOUNDS[at]) : "+Inf";
            text.value("grpc_server_handling_seconds_bucket", labels + ",le=\"" + bound + "\"", sum);
        }
        text.value("grpc_server_handling_seconds_sum", labels, figures.totalNanos.sum() / NANOS);
        text.value("grpc_server_handling_seconds_count", labels, sum);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /// As Go writes the codes: `AlreadyExists`.
    private static String word(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        var word = new StringBuilder();
        for (var part : code.name().toLowerCase(Locale.ROOT).split("_")) {
            word.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
        }
        return word.toString();
    }
}
