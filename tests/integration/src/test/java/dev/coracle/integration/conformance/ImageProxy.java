package dev.coracle.integration.conformance;

import dev.coracle.integration.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// An https proxy that is every registry: whatever host a client asks for, its encrypted
/// connection ends here, by a certificate of our own, and goes on to the registry on the loopback.
final class ImageProxy implements AutoCloseable {
    private static final String SECRET = "not-a-secret";

    private final ServerSocket server;
    private final SSLContext tls;
    private final int registry;
    private final Path certificate;

    private ImageProxy(ServerSocket server, SSLContext tls, int registry, Path certificate) {
        this.server = server;
        this.tls = tls;
        this.registry = registry;
        this.certificate = certificate;
    }

    static ImageProxy open(Path folder, int registry, String... hosts) throws IOException, InterruptedException {
        var store = folder.resolve("key.p12");
        var certificate = folder.resolve("certificate.pem");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var names = "san=dns:" + String.join(",dns:", hosts);
        Run.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "all",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=coracle-tests",
                        "-ext",
                        names,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        SECRET,
                        "-keystore",
                        store.toString())
                .output();
        Run.of(
                        keytool,
                        "-exportcert",
                        "-rfc",
                        "-alias",
                        "all",
                        "-storepass",
                        SECRET,
                        "-keystore",
                        store.toString(),
                        "-file",
                        certificate.toString())
                .output();
        var proxy = new ImageProxy(
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), context(store), registry, certificate);
        Thread.ofPlatform().daemon().name("proxy").start(proxy::serve);
        return proxy;
    }

    private static SSLContext context(Path store) throws IOException {
        try (var input = Files.newInputStream(store)) {
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(input, SECRET.toCharArray());
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, SECRET.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /// For `HTTPS_PROXY`.
    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /// For `SSL_CERT_FILE`.
    Path certificate() {
        return certificate;
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try (client) {
            var head = head(client.getInputStream());
            if (!head.startsWith("CONNECT ")) {
                client.getOutputStream().write("HTTP/1.1 405 CONNECT only\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return;
            }
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try (var secure = (SSLSocket) tls.getSocketFactory().createSocket(client, "", 0, true);
                    var target = new Socket(InetAddress.getLoopbackAddress(), registry)) {
                secure.setUseClientMode(false);
                var back = Thread.ofVirtual().start(() -> copy(target, secure));
                copy(secure, target);
                target.shutdownOutput();
                back.join();
            }
        } catch (IOException gone) {
            // the client shows what it missed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            var next = in.read();
            if (next < 0 || head.size() > 8192) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private static void copy(Socket from, Socket to) {
        try {
            copy(from.getInputStream(), to.getOutputStream());
        } catch (IOException gone) {
            // the other direction ends by itself
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        var piece = new byte[1 << 16];
        for (var count = in.read(piece); count > 0; count = in.read(piece)) {
            out.write(piece, 0, count);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
