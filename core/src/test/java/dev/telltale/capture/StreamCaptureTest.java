package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.analyze.Analyzers;
import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamWriter;
import org.junit.jupiter.api.Test;

/**
 * Burp's items and Fiddler's archives: the conversations they hold, and what the HTTP analyzer
 * makes of them.
 */
class StreamCaptureTest {
    private static final String REQUEST =
            "POST /v1/register?imei=867345021234563 HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 4\r\n\r\nbody";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome";

    /** What a capture said. */
    private static final class Said {
        private final List<Flow> flows = new ArrayList<>();
        private final List<String> sent = new ArrayList<>();
        private final List<String> answered = new ArrayList<>();
        private final List<Anomaly> anomalies = new ArrayList<>();
        private CaptureTotals totals = CaptureTotals.of(0, -1, 0, -1);
    }

    private static Said read(ByteSource source) throws Exception {
        Said said = new Said();
        try (CaptureFile file = CaptureFiles.of("test", source, false)) {
            FlowHandler.Factory factory =
                    flow -> {
                        said.flows.add(flow);
                        StringBuilder[] text = {new StringBuilder(), new StringBuilder()};
                        long[] offset = new long[2];
                        boolean[] closed = new boolean[2];
                        return event -> {
                            int side = event.side().ordinal();
                            assertThat(event.offset()).isEqualTo(offset[side]);
                            assertThat(closed[side]).isFalse();
                            switch (event) {
                                case StreamEvent.Data d -> {
                                    offset[side] += d.length();
                                    text[side].append(
                                            new String(
                                                    d.bytes(),
                                                    d.from(),
                                                    d.length(),
                                                    StandardCharsets.ISO_8859_1));
                                }
                                case StreamEvent.Gap g -> {
                                    offset[side] += g.length();
                                    text[side]
                                            .append("{gap ")
                                            .append(g.length())
                                            .append(' ')
                                            .append(g.reason())
                                            .append('}');
                                }
                                case StreamEvent.Closed c -> {
                                    closed[side] = true;
                                    if (c.how() != StreamEvent.How.FIN)
                                        text[side].append("{").append(c.how()).append('}');
                                    if (closed[0] && closed[1]) {
                                        said.sent.add(text[0].toString());
                                        said.answered.add(text[1].toString());
                                    }
                                }
                            }
                        };
                    };
            said.totals = ((StreamCapture) file).read(factory, said.anomalies::add);
        }
        assertThat(said.sent).as("every flow is closed").hasSize(said.flows.size());
        return said;
    }

    private static void element(XMLStreamWriter w, String name, String text) throws Exception {
        w.writeStartElement(name);
        w.writeCData(text);
        w.writeEndElement();
    }

    private static void message(XMLStreamWriter w, String name, String text, boolean base64)
            throws Exception {
        w.writeStartElement(name);
        w.writeAttribute("base64", Boolean.toString(base64));
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        w.writeCData(
                base64
                        ? Base64.getMimeEncoder(76, "\n".getBytes(StandardCharsets.US_ASCII))
                                .encodeToString(b)
                        : text);
        w.writeEndElement();
    }

    private static byte[] burp() throws Exception {
        StringWriter out = new StringWriter();
        XMLStreamWriter w = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
        w.writeStartDocument("1.0");
        w.writeDTD(
                "<!DOCTYPE items [\n<!ELEMENT items (item*)>\n<!ATTLIST items burpVersion CDATA \"\">\n<!ELEMENT item (time, url)>\n]>");
        w.writeStartElement("items");
        w.writeAttribute("burpVersion", "2024.1");
        w.writeAttribute("exportTime", "Thu Aug 07 10:01:01 UTC 2014");
        for (int i = 0; i < 3; i++) {
            w.writeStartElement("item");
            w.writeStartElement("time");
            w.writeCharacters("Thu Aug 07 10:01:0" + i + " UTC 2014");
            w.writeEndElement();
            String scheme = i == 0 ? "https" : "http";
            element(w, "url", scheme + "://api.example.org/v1/register?imei=867345021234563");
            w.writeStartElement("host");
            w.writeAttribute("ip", "198.51.100.9");
            w.writeCharacters("api.example.org");
            w.writeEndElement();
            w.writeStartElement("port");
            w.writeCharacters(i == 0 ? "443" : "8080");
            w.writeEndElement();
            w.writeStartElement("protocol");
            w.writeCharacters(scheme);
            w.writeEndElement();
            message(w, "request", REQUEST, i < 2);
            element(w, "status", "200");
            if (i < 2) message(w, "response", ANSWER, i < 1);
            element(w, "comment", "");
            w.writeEndElement();
        }
        w.writeEndElement();
        w.writeEndDocument();
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsWhatBurpSaved() throws Exception {
        byte[] file = burp();
        for (int seed = 0; seed < 20; seed++) {
            Said said = read(seed == 0 ? ByteSource.of(file) : Told.pieces(file, 0, seed));
            assertThat(said.anomalies).isEmpty();
            assertThat(said.sent).containsExactly(REQUEST, REQUEST, REQUEST);
            assertThat(said.answered).containsExactly(ANSWER, ANSWER, "");
            assertThat(said.totals.exchanges()).isEqualTo(3);
            Flow first = said.flows.getFirst();
            assertThat(first.secured().protection()).isEqualTo(Protection.TLS);
            assertThat(first.serverName()).isEqualTo("api.example.org");
            assertThat(first.responder().ip()).isEqualTo("198.51.100.9");
            assertThat(first.sent().time(0)).isEqualTo(1_407_405_660_000_000_000L);
            assertThat(said.flows.get(1).secured()).isEqualTo(Secured.NONE);
            assertThat(said.flows.get(1).responder().port()).isEqualTo(8080);
        }
    }

    @Test
    void usesAllOfAnExportBeforeACut() throws Exception {
        byte[] file = burp();
        String text = new String(file, StandardCharsets.ISO_8859_1);
        for (int cut = text.indexOf("<items") + 8; cut < file.length; cut++) {
            Said said = read(ByteSource.of(Arrays.copyOf(file, cut)));
            assertThat(said.anomalies).as("cut at %s", cut).hasSize(1);
        }
        Said said =
                read(
                        ByteSource.of(
                                Arrays.copyOf(
                                        file, text.lastIndexOf("imei=867345021234563") + 12)));
        assertThat(said.sent.getLast()).endsWith("imei=8673450{END_OF_CAPTURE}");
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = file.clone();
            int from = text.indexOf("<items") + 30;
            for (int k = random.nextInt(4); k >= 0; k--)
                bad[from + random.nextInt(bad.length - from)] = (byte) random.nextInt(256);
            read(ByteSource.of(bad));
        }
    }

    private static void put(ZipOutputStream zip, String name, String text) throws Exception {
        ZipEntry entry = new ZipEntry(name);
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        if (name.endsWith("m.xml")) {
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(b.length);
            CRC32 crc = new CRC32();
            crc.update(b);
            entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(b);
        zip.closeEntry();
    }

    private static byte[] saz() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setComment("Fiddler (v5) Session Archive");
            put(zip, "_index.htm", "<html>");
            put(zip, "raw/02_c.txt", REQUEST.replace("POST /", "POST http://api.example.org/"));
            put(zip, "raw/02_s.txt", ANSWER);
            put(zip, "raw/01_c.txt", REQUEST.replace("POST /", "POST https://api.example.org/"));
            put(
                    zip,
                    "raw/01_m.xml",
                    "\u00ef\u00bb\u00bf<?xml version=\"1.0\" encoding=\"utf-8\"?><Session SID=\"1\" BitFlags=\"1\">"
                            + "<SessionTimers ClientConnected=\"2014-08-07T10:00:59+00:00\" ClientBeginRequest=\"2014-08-07T15:31:00.25+05:30\"/>"
                            + "<SessionFlags><SessionFlag N=\"x-clientIP\" V=\"::ffff:192.0.2.7\" /><SessionFlag N=\"x-clientport\" V=\"41000\" />"
                            + "<SessionFlag N=\"x-hostIP\" V=\"198.51.100.9\" /><SessionFlag N=\"x-ProcessInfo\" V=\"com.example.app:4312\" />"
                            + "</SessionFlags></Session>");
            put(zip, "raw/01_s.txt", ANSWER);
            put(
                    zip,
                    "raw/10_c.txt",
                    "CONNECT www.example.org:443 HTTP/1.1\r\nHost: www.example.org:443\r\n\r\n");
            put(zip, "raw/10_w.txt", "messages");
        }
        return out.toByteArray();
    }

    @Test
    void readsWhatFiddlerSaved() throws Exception {
        Said said = read(ByteSource.of(saz()));
        assertThat(said.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.UNSUPPORTED_LINK);
        assertThat(said.flows).hasSize(3);
        Flow first = said.flows.getFirst();
        assertThat(first.secured().protection()).isEqualTo(Protection.TLS);
        assertThat(first.app()).isEqualTo("com.example.app");
        assertThat(first.initiator().ip()).isEqualTo("192.0.2.7");
        assertThat(first.initiator().port()).isEqualTo(41000);
        assertThat(first.responder().ip()).isEqualTo("198.51.100.9");
        assertThat(first.sent().time(0)).isEqualTo(1_407_405_660_250_000_000L);
        assertThat(said.flows.get(1).secured()).isEqualTo(Secured.NONE);
        assertThat(said.flows.get(2).serverName()).isEqualTo("www.example.org");
        assertThat(said.answered).containsExactly(ANSWER, ANSWER, "");
        assertThat(said.sent.getFirst()).startsWith("POST https://api.example.org/v1/register");
    }

    @Test
    void survivesDamagedArchives() throws Exception {
        byte[] file = saz();
        for (int cut = 100; cut < file.length; cut++) {
            Said said = read(ByteSource.of(Arrays.copyOf(file, cut)));
            assertThat(said.anomalies).as("cut at %s", cut).isNotEmpty();
        }
        Random random = new Random(13);
        for (int i = 0; i < 3000; i++) {
            byte[] bad = file.clone();
            for (int k = random.nextInt(4); k >= 0; k--)
                bad[60 + random.nextInt(bad.length - 60)] = (byte) random.nextInt(256);
            read(ByteSource.of(bad));
        }
    }

    @Test
    void stopsAtABomb() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("raw/1_c.txt"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) zip.write(zeros);
            zip.closeEntry();
        }
        List<Anomaly> anomalies = new ArrayList<>();
        long[] bytes = {0};
        try (CaptureFile file = CaptureFiles.of("test", ByteSource.of(out.toByteArray()), false)) {
            ((StreamCapture) file)
                    .read(
                            flow ->
                                    event -> {
                                        if (event instanceof StreamEvent.Data d)
                                            bytes[0] += d.length();
                                    },
                            anomalies::add);
        }
        assertThat(anomalies).extracting(Anomaly::kind).containsExactly(Anomaly.Kind.LIMIT);
        assertThat(bytes[0]).isLessThan(40L << 20);
    }

    @Test
    void becomesExchangesWithTheirProtectionAndApp() throws Exception {
        for (byte[] capture : List.of(burp(), saz())) {
            List<Exchange> exchanges = new ArrayList<>();
            try (CaptureFile file = CaptureFiles.of("test", ByteSource.of(capture), false)) {
                ((StreamCapture) file).read(new Analyzers(new Exchanges(exchanges)), a -> {});
            }
            Exchange x = exchanges.getFirst();
            assertThat(x.entry()).isZero();
            assertThat(x.protocol()).isEqualTo("http/1.1");
            assertThat(x.operation()).isEqualTo("POST");
            assertThat(x.scheme()).isEqualTo("https");
            assertThat(x.host()).isEqualTo("api.example.org");
            assertThat(x.port()).isEqualTo(443);
            assertThat(x.secured().protection()).isEqualTo(Protection.TLS);
            assertThat(new String(x.target(), StandardCharsets.ISO_8859_1))
                    .endsWith("/v1/register?imei=867345021234563");
            assertThat(exchanges.get(1).scheme()).isEqualTo("http");
            assertThat(exchanges.get(1).entry()).isEqualTo(1);
        }
    }

    private record Exchanges(List<Exchange> all) implements FlowSinks {
        @Override
        public FlowSink open(Flow flow) {
            return new FlowSink() {
                @Override
                public ExchangeSink exchange(Exchange exchange) {
                    all.add(exchange);
                    return new ExchangeSink() {
                        @Override
                        public MessageSink message(Side side) {
                            return NOWHERE;
                        }

                        @Override
                        public void end() {}
                    };
                }

                @Override
                public void account(
                        Side side,
                        String host,
                        ByteClass byteClass,
                        long bytes,
                        ReasonCode reason) {}

                @Override
                public void nameOf(String ip, String name, long timeNanos) {}

                @Override
                public void identified(String protocol, String serverName, Secured secured) {}

                @Override
                public void anomaly(Anomaly anomaly) {}
            };
        }

        @Override
        public void close(Flow flow, FlowSink sink) {}
    }

    private static final MessageSink NOWHERE =
            new MessageSink() {
                @Override
                public void part(
                        PartKind kind, String name, byte[] bytes, int from, int length, long at) {}

                @Override
                public PartSink open(PartKind kind, String name, Hint hint) {
                    return new PartSink() {
                        @Override
                        public void feed(byte[] bytes, int from, int length, long at) {}

                        @Override
                        public void gap(long length, ReasonCode reason) {}

                        @Override
                        public void end() {}
                    };
                }

                @Override
                public void end() {}
            };
}
