package dev.coracle.registry;

import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Sends one request and comes back with an answer that means something: redirects followed (the
/// credentials stay with the host they are for), challenges answered, and what is only busy or
/// unreachable tried again for a while.
final class Transport implements AutoCloseable {
    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_ATTEMPTS = 5;
    private static final int MOST_CHALLENGES = 2;
    private static final int LARGEST_TOKEN = 1 << 20;
    private static final Duration HEAD_OF_ANSWER = Duration.ofSeconds(90);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);

    private final Clients clients;
    private final Authorizer authorizer;
    private final RegistryOptions options;
    private final InstantSource clock;
    private final Pause pause;

    /// Waits between two attempts; a test does not.
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    Transport(RegistryOptions options, InstantSource clock, Pause pause) {
        this.options = options;
        this.clock = clock;
        this.pause = pause;
        clients = new Clients(options);
        authorizer = new Authorizer(options.access().logins(), new Endpoint(), clock);
    }

    /// What to send. The body is made anew for every attempt.
    record Call(
            String method, URI uri, String scope, Map<String, String> headers, Optional<Supplier<BodyPublisher>> body) {
        static Call of(String method, URI uri, String scope) {
            return new Call(method, uri, scope, Map.of(), Optional.empty());
        }

        Call with(String name, String value) {
            var more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Call(method, uri, scope, more, body);
        }

        Call sending(Supplier<BodyPublisher> made) {
            return new Call(method, uri, scope, headers, Optional.of(made));
        }

        private boolean safe() {
            return method.equals("GET") || method.equals("HEAD");
        }
    }

    /// Sends, with everything above. The caller closes the body.
    HttpResponse<InputStream> send(RegistryHost host, Call call) {
        return send(host, call, MOST_ATTEMPTS);
    }

    /// The same for what is not sent again as it is: the caller knows better what to do.
    HttpResponse<InputStream> sendOnce(RegistryHost host, Call call) {
        return send(host, call, 1);
    }

    /// Whether a status only says that another time is better.
    static boolean isBusy(int status) {
        return BUSY.contains(status);
    }

    private HttpResponse<InputStream> send(RegistryHost host, Call call, int attempts) {
        var challenges = 0;
        for (var attempt = 1; ; attempt++) {
            try {
                var answer = follow(host, call);
                if (answer.statusCode() == 401 && challenges++ < MOST_CHALLENGES) {
                    answer.body().close();
                    authorizer.answer(
                            host, call.scope(), Challenge.parse(answer.headers().allValues("WWW-Authenticate")));
                    attempt--;
                    continue;
                }
                if (!BUSY.contains(answer.statusCode()) || attempt >= attempts) {
                    return answer;
                }
                answer.body().close();
                pause(wait(answer, attempt));
            } catch (IOException e) {
                if (attempt >= attempts || !Failures.worthAnotherTry(e)) {
                    throw Failures.unreachable(call, e);
                }
                pause(backOff(attempt));
            }
        }
    }

    void pause(Duration time) {
        try {
            pause.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted("interrupted while waiting for a registry", e);
        }
    }

    static Duration backOff(int attempt) {
        return Duration.ofMillis(200L << Math.min(attempt, 6));
    }

    private Duration wait(HttpResponse<?> answer, int attempt) {
        var asked = answer.headers()
                .firstValue("Retry-After")
                .flatMap(this::retryAfter)
                .orElse(backOff(attempt));
        return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked.isNegative() ? Duration.ZERO : asked;
    }

    private Optional<Duration> retryAfter(String text) {
        try {
            return Optional.of(
                    text.matches("[0-9]{1,6}")
                            ? Duration.ofSeconds(Long.parseLong(text))
                            : Duration.between(
                                    clock.instant(),
                                    java.time.Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text))));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private HttpResponse<InputStream> follow(RegistryHost host, Call call) throws IOException {
        var uri = call.uri();
        for (var hop = 0; hop <= MOST_REDIRECTS; hop++) {
            var own = Clients.sameOrigin(uri, host.base());
            var answer = once(clients.of(host), request(host, call, uri, own));
            if (!call.safe() || !isRedirect(answer.statusCode())) {
                return answer;
            }
            answer.body().close();
            uri = target(uri, answer);
        }
        throw new Unavailable(call.method() + " " + call.uri() + ": stopped after " + MOST_REDIRECTS + " redirects");
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static URI target(URI from, HttpResponse<?> answer) {
        var location = answer.headers().firstValue("Location").orElse("");
        try {
            var to = from.resolve(location);
            if (!location.isEmpty()
                    && to.getHost() != null
                    && List.of("http", "https").contains(to.getScheme())) {
                return to;
            }
        } catch (IllegalArgumentException malformed) {
            // reported below
        }
        throw new Unavailable("GET " + from + ": redirected to \"" + location + "\", which is not a web address");
    }

    private HttpRequest request(RegistryHost host, Call call, URI uri, boolean own) {
        var request = HttpRequest.newBuilder(uri)
                .timeout(HEAD_OF_ANSWER)
                .method(call.method(), call.body().map(Supplier::get).orElse(BodyPublishers.noBody()));
        if (uri.getScheme().equals("http")) {
            request.version(HttpClient.Version.HTTP_1_1); // no attempt to upgrade
        }
        request.setHeader("User-Agent", "coracle");
        call.headers().forEach(request::setHeader);
        options.proxies()
                .forRequest(uri)
                .flatMap(Proxies::authorization)
                .ifPresent(value -> request.setHeader("Proxy-Authorization", value));
        if (own) {
            addOwnHeaders(host, request);
            authorizer.header(host, call.scope()).ifPresent(value -> request.setHeader("Authorization", value));
        }
        return request.build();
    }

    private void addOwnHeaders(RegistryHost host, HttpRequest.Builder request) {
        try {
            options.access().headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
            host.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument("header configured for " + host.authority() + ": " + e.getMessage(), e);
        }
    }

    private HttpResponse<InputStream> once(HttpClient client, HttpRequest request) throws IOException {
        try {
            options.access().trace().accept(request.method() + " " + request.uri());
            var answer = client.send(request, BodyHandlers.ofInputStream());
            options.access().trace().accept(answer.statusCode() + " " + request.uri());
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Aborted("interrupted while asking " + request.uri().getHost(), e);
        }
    }

    @Override
    public void close() {
        clients.close();
    }

    /// Reads at most `limit` bytes.
    ///
    /// @throws InvalidArgument when there are more
    static byte[] body(HttpResponse<InputStream> answer, int limit) throws IOException {
        try (var body = answer.body()) {
            var bytes = body.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new InvalidArgument(
                        "answer of " + answer.uri() + " is larger than the limit of " + limit + " bytes");
            }
            return bytes;
        }
    }

    /// Token servers are asked once per challenge, without redirects or further challenges.
    private final class Endpoint implements Authorizer.TokenEndpoint {
        @Override
        public Optional<byte[]> get(RegistryHost host, URI uri, Optional<String> authorization) {
            var request = HttpRequest.newBuilder(uri).timeout(HEAD_OF_ANSWER).GET();
            authorization.ifPresent(value -> request.setHeader("Authorization", value));
            return ask(host, request.build());
        }

        @Override
        public Optional<byte[]> post(RegistryHost host, URI uri, String form) {
            return ask(
                    host,
                    HttpRequest.newBuilder(uri)
                            .timeout(HEAD_OF_ANSWER)
                            .setHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                            .POST(BodyPublishers.ofString(form))
                            .build());
        }

        private Optional<byte[]> ask(RegistryHost host, HttpRequest request) {
            try {
                var answer = once(clients.of(host), request);
                var body = body(answer, LARGEST_TOKEN);
                if (BUSY.contains(answer.statusCode())) {
                    throw new Unavailable(
                            "fetch a token from " + request.uri().getHost() + ": status " + answer.statusCode());
                }
                return answer.statusCode() == 200 ? Optional.of(body) : Optional.empty();
            } catch (IOException e) {
                throw new Unavailable("fetch a token from " + request.uri().getHost() + ": " + Failures.reason(e), e);
            }
        }
    }
}
