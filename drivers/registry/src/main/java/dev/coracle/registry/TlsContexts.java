package dev.coracle.registry;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Makes TLS contexts out of PEM files.
final class TlsContexts {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

    private TlsContexts() {}

    /// A context for these settings; the first existing trust store replaces Java's own
    /// authorities.
    static SSLContext of(Tls tls, List<Path> trustStores) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keyManagers(tls.keyPairs()), trustManagers(tls, trustStores), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidArgument("set up TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trustManagers(Tls tls, List<Path> trustStores)
            throws GeneralSecurityException, IOException {
        if (tls.skipVerify()) {
            return new TrustManager[] {new Everybody()};
        }
        var store = emptyStore();
        var count = 0;
        for (var certificate : own(trustStores)) {
            store.setCertificateEntry("own-" + count++, certificate);
        }
        for (var file : tls.authorities()) {
            for (var certificate : certificates(file)) {
                store.setCertificateEntry("added-" + count++, certificate);
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<Certificate> own(List<Path> trustStores) throws GeneralSecurityException {
        var file = trustStores.stream().filter(Files::isReadable).findFirst();
        if (file.isPresent()) {
            return certificates(file.get());
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        var all = new ArrayList<Certificate>();
        for (var manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                all.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return all;
    }

    private static KeyManager[] keyManagers(List<Tls.KeyPair> pairs) throws GeneralSecurityException, IOException {
        var store = emptyStore();
        var count = 0;
        for (var pair : pairs) {
            var chain = certificates(pair.certificate()).toArray(Certificate[]::new);
            store.setKeyEntry("client-" + count++, privateKey(pair.key()), new char[0], chain);
        }
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) {
        try {
            // a key may stand in the same file, which the factory would take for a broken certificate
            var texts = CERTIFICATE
                    .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.joining("\n"));
            if (texts.isEmpty()) {
                throw new InvalidArgument("certificate file " + file + " has no certificate");
            }
            var input = new ByteArrayInputStream(texts.getBytes(StandardCharsets.ISO_8859_1));
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(input));
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidArgument("read certificate file " + file + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        try {
            var match = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!match.find()) {
                throw new InvalidArgument("key file " + file + " has no private key");
            }
            var der = Base64.getMimeDecoder().decode(match.group(2));
            return match.group(1).isEmpty()
                    ? pkcs8(file, der)
                    : wrapped(file, match.group(1).strip(), der);
        } catch (IOException e) {
            throw new InvalidArgument("read key file " + file + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey pkcs8(Path file, byte[] der) throws GeneralSecurityException {
        for (var algorithm : List.of("RSA", "EC", "EdDSA")) {
            var key = tryKey(algorithm, der);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new InvalidArgument("key file " + file + " holds a key of an unknown kind");
    }

    private static Optional<PrivateKey> tryKey(String algorithm, byte[] der) throws GeneralSecurityException {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (InvalidKeySpecException anotherKind) {
            return Optional.empty();
        }
    }

    /// The older `RSA PRIVATE KEY` form is the inner part of PKCS #8: the header is put around it.
    private static PrivateKey wrapped(Path file, String kind, byte[] der) throws GeneralSecurityException {
        if (!kind.equals("RSA")) {
            throw new InvalidArgument("key file " + file + " holds a " + kind + " key")
                    .remedy("convert it: openssl pkcs8 -topk8 -nocrypt -in " + file);
        }
        var version = new byte[] {2, 1, 0};
        var rsa = new byte[] {0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0};
        return pkcs8(file, sequence(0x30, version, rsa, sequence(4, der)));
    }

    private static byte[] sequence(int tag, byte[]... parts) {
        var length = 0;
        for (var part : parts) {
            length += part.length;
        }
        var out = java.nio.ByteBuffer.allocate(length + 4);
        out.put((byte) tag).put((byte) 0x82).putShort((short) length);
        for (var part : parts) {
            out.put(part);
        }
        return out.array();
    }

    /// `skip_verify`: any certificate for any name. Only an extended manager also switches off
    /// the check of the host name.
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
