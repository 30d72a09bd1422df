package dev.telltale.analyze;

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The JDK's own TLS as both peers, in a process of its own in which no suite is forbidden: {@code
 * JssePeer KEYSTORE VERSION SUITE TEXT...} prints what either side sent, a line each: {@code >} or
 * {@code <} and hex.
 */
final class JssePeer {
    private JssePeer() {}

    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(args[0])) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAll()}, null);
        SSLEngine client = engine(context, true, args[1], args[2]);
        SSLEngine server = engine(context, false, args[1], args[2]);
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        for (int i = 0; i < 100 && (open(client) || open(server)); i++) {
            step(client, ">", toServer, toClient, ByteBuffer.allocate(0));
            step(server, "<", toClient, toServer, ByteBuffer.allocate(0));
        }
        for (int i = 3; i < args.length; i++) {
            byte[] text = args[i].getBytes(StandardCharsets.ISO_8859_1);
            if (i % 2 == 1) step(client, ">", toServer, toClient, ByteBuffer.wrap(text));
            else step(server, "<", toClient, toServer, ByteBuffer.wrap(text));
            step(server, "<", toClient, toServer, ByteBuffer.allocate(0));
            step(client, ">", toServer, toClient, ByteBuffer.allocate(0));
        }
    }

    private static boolean open(SSLEngine e) {
        return e.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                && e.getHandshakeStatus() != HandshakeStatus.FINISHED;
    }

    private static SSLEngine engine(
            SSLContext context, boolean client, String version, String suite) throws Exception {
        SSLEngine e = context.createSSLEngine();
        e.setUseClientMode(client);
        SSLParameters p = e.getSSLParameters();
        p.setProtocols(new String[] {version});
        p.setCipherSuites(new String[] {suite});
        e.setSSLParameters(p);
        e.beginHandshake();
        return e;
    }

    /** Takes what has come, then says what there is to say. */
    private static void step(
            SSLEngine e, String who, ByteBuffer out, ByteBuffer in, ByteBuffer text)
            throws Exception {
        ByteBuffer waste = ByteBuffer.allocate(1 << 16);
        in.flip();
        while (in.hasRemaining()) {
            int left = in.remaining();
            e.unwrap(in, waste);
            waste.clear();
            tasks(e);
            if (in.remaining() == left && e.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP)
                break;
        }
        in.compact();
        tasks(e);
        while (e.getHandshakeStatus() == HandshakeStatus.NEED_WRAP || text.hasRemaining()) {
            int from = out.position();
            e.wrap(text, out);
            byte[] sent = Arrays.copyOfRange(out.array(), from, out.position());
            if (sent.length > 0) System.out.println(who + HexFormat.of().formatHex(sent));
            tasks(e);
            if (sent.length == 0) break;
        }
    }

    private static void tasks(SSLEngine e) {
        for (Runnable r = e.getDelegatedTask(); r != null; r = e.getDelegatedTask()) r.run();
    }

    private static final class TrustAll implements X509TrustManager {
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
