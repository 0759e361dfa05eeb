package dev.coracle.integration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// The parts of images, made by hand: these tests must not believe the code they test.
public final class ImageFiles {
    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    private ImageFiles() {}

    /// Something stored under its digest.
    public record Blob(String mediaType, String digest, long size) {
        public String json() {
            return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(mediaType, digest, size);
        }
    }

    public static String digest(byte[] bytes) {
        return "sha256:" + HexFormat.of().formatHex(sha256().digest(bytes));
    }

    public static String digest(InputStream stream) throws IOException {
        var sha = sha256();
        var buffer = new byte[1 << 16];
        for (int read = stream.read(buffer); read > 0; read = stream.read(buffer)) {
            sha.update(buffer, 0, read);
        }
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }

    /// The digest of what a compressed layer unpacks to.
    static String diffId(Path gzip) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(gzip), 1 << 16)) {
            return digest(in);
        }
    }

    public static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static byte[] config(String architecture, String command, String... diffIds) {
        return """
                {"architecture":"%s","os":"linux","config":{"Cmd":["%s"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:\
                /usr/sbin:/usr/bin:/sbin:/bin"]},"rootfs":{"type":"layers","diff_ids":["%s"]}}
                """.formatted(architecture, command, String.join("\",\"", diffIds))
                .getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] manifest(Blob config, Blob... layers) {
        var list = new StringBuilder();
        for (var layer : layers) {
            list.append(list.isEmpty() ? "" : ",").append(layer.json());
        }
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
                """.formatted(MANIFEST, config.json(), list).getBytes(StandardCharsets.UTF_8);
    }

    /// A tar archive made entry by entry, hostile ones included.
    public static final class Tar {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        public Tar file(String name, String content) {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        public Tar file(String name, byte[] content) {
            return entry(name, '0', "", content);
        }

        Tar folder(String name) {
            return entry(name, '5', "", new byte[0]);
        }

        Tar symlink(String name, String target) {
            return entry(name, '2', target, new byte[0]);
        }

        Tar hardlink(String name, String target) {
            return entry(name, '1', target, new byte[0]);
        }

        private Tar entry(String name, char type, String link, byte[] content) {
            var header = new byte[512];
            put(header, 0, name);
            put(header, 100, type == '5' || name.startsWith("bin/") ? "0000755" : "0000644");
            put(header, 108, "0000000");
            put(header, 116, "0000000");
            put(header, 124, "%011o".formatted(content.length));
            put(header, 136, "%011o".formatted(1_700_000_000));
            put(header, 148, "        ");
            header[156] = (byte) type;
            put(header, 157, link);
            put(header, 257, "ustar\00000");
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xff;
            }
            put(header, 148, "%06o\0 ".formatted(sum));
            bytes.writeBytes(header);
            bytes.writeBytes(content);
            bytes.writeBytes(new byte[(512 - content.length % 512) % 512]);
            return this;
        }

        private static void put(byte[] header, int offset, String text) {
            var raw = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(raw, 0, header, offset, raw.length);
        }

        public byte[] toBytes() {
            var all = new ByteArrayOutputStream();
            all.writeBytes(bytes.toByteArray());
            all.writeBytes(new byte[1024]);
            return all.toByteArray();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
