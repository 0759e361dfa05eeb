package dev.coracle.registry;

import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The HTTP clients, one per set of TLS settings: a client cannot change them between requests.
final class Clients implements AutoCloseable {
    private static final Duration DIAL = Duration.ofSeconds(30);

    private final RegistryOptions options;
    private final Map<Key, HttpClient> clients = new ConcurrentHashMap<>();

    private record Key(Tls tls, Duration dialTimeout) {}

    Clients(RegistryOptions options) {
        this.options = options;
    }

    HttpClient of(RegistryHost host) {
        return clients.computeIfAbsent(new Key(host.tls(), host.dialTimeout()), this::make);
    }

    private HttpClient make(Key key) {
        return HttpClient.newBuilder()
                .connectTimeout(key.dialTimeout().isPositive() ? key.dialTimeout() : DIAL)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(TlsContexts.of(key.tls(), options.trustStores()))
                .proxy(new Selector(options.proxies()))
                .build();
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        clients.values().forEach(HttpClient::close);
    }

    private static final class Selector extends ProxySelector {
        private final Proxies proxies;

        Selector(Proxies proxies) {
            this.proxies = proxies;
        }

        @Override
        public List<Proxy> select(URI uri) {
            var proxy = proxies.forRequest(uri)
                    .map(address -> new Proxy(Proxy.Type.HTTP, Proxies.socket(address)))
                    .orElse(Proxy.NO_PROXY);
            return List.of(proxy);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, java.io.IOException failure) {
            // the request itself fails and says why
        }
    }

    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
