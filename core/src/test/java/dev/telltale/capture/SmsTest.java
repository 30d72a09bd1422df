package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamWriter;
import org.junit.jupiter.api.Test;

/** Messages and calls as phones export them; the XML is written by the JDK. */
class SmsTest {
    private static Told read(byte[] file) throws Exception {
        return read(ByteSource.of(file));
    }

    private static Told read(ByteSource source) throws Exception {
        try (CaptureFile file = CaptureFiles.of("test", source, false)) {
            return Told.read((ExchangeCapture) file);
        }
    }

    private static byte[] b(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private interface Body {
        void write(XMLStreamWriter w) throws Exception;
    }

    private static byte[] xml(String root, Body body) throws Exception {
        StringWriter out = new StringWriter();
        XMLStreamWriter w = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
        w.writeStartDocument("UTF-8", "1.0");
        w.writeComment(" File Created By SMS Backup & Restore -- v10 ".replace("--", "-"));
        w.writeProcessingInstruction("xml-stylesheet", "type=\"text/xsl\" href=\"sms.xsl\"");
        w.writeStartElement(root);
        w.writeAttribute("count", "1");
        body.write(w);
        w.writeEndElement();
        w.writeEndDocument();
        return b(out.toString());
    }

    private static void sms(XMLStreamWriter w, String address, String type, String body)
            throws Exception {
        w.writeEmptyElement("sms");
        w.writeAttribute("protocol", "0");
        w.writeAttribute("address", address);
        w.writeAttribute("date", "1407405661123");
        w.writeAttribute("type", type);
        w.writeAttribute("subject", "null");
        w.writeAttribute("body", body);
        w.writeAttribute("readable_date", "Aug 7, 2014");
    }

    private static byte[] backup() throws Exception {
        return xml(
                "smses",
                w -> {
                    sms(
                            w,
                            "+91 98333-34444",
                            "2",
                            "AP:867345021234563 <&> \"gate\" \ud83d\ude80\nline two");
                    sms(w, "VM-AIRTEL", "1", "Welcome");
                    sms(w, "+919833334444", "3", "a draft");
                    w.writeStartElement("mms");
                    w.writeAttribute("address", "+919811112222~+919833334444");
                    w.writeAttribute("date", "1407405662000");
                    w.writeAttribute("msg_box", "2");
                    w.writeAttribute("sub", "holiday");
                    w.writeStartElement("parts");
                    w.writeEmptyElement("part");
                    w.writeAttribute("ct", "text/plain");
                    w.writeAttribute("text", "see you");
                    w.writeEmptyElement("part");
                    w.writeAttribute("ct", "image/jpeg");
                    w.writeAttribute("text", "null");
                    w.writeAttribute("data", Base64.getEncoder().encodeToString(b("a picture?")));
                    w.writeEndElement();
                    w.writeStartElement("addrs");
                    w.writeEmptyElement("addr");
                    w.writeAttribute("address", "insert-address-token");
                    w.writeAttribute("type", "137");
                    w.writeEndElement();
                    w.writeEndElement();
                });
    }

    @Test
    void tellsMessages() throws Exception {
        Told told = read(backup());
        assertThat(told.anomalies).isEmpty();
        assertThat(told.entries).hasSize(4).allSatisfy(e -> assertThat(e.anomalies).isEmpty());
        Told.Entry sent = told.entries.get(0);
        assertThat(sent.exchange().protocol()).isEqualTo("sms");
        assertThat(sent.exchange().operation()).isEqualTo("SMS");
        assertThat(sent.exchange().host()).isEqualTo("+919833334444");
        assertThat(sent.flow.sent().time(0)).isEqualTo(1_407_405_661_123_000_000L);
        assertThat(sent.parts(Side.INITIATOR, PartKind.BODY))
                .containsExactly("=AP:867345021234563 <&> \"gate\" \ud83d\ude80\nline two");
        Told.Entry received = told.entries.get(1);
        assertThat(received.exchange().host()).isEqualTo("VM-AIRTEL");
        assertThat(received.parts(Side.RESPONDER, PartKind.BODY)).containsExactly("=Welcome");
        for (Told.Entry mms : told.entries.subList(2, 4)) {
            assertThat(mms.exchange().operation()).isEqualTo("MMS");
            assertThat(mms.parts(Side.INITIATOR, PartKind.BODY))
                    .containsExactly("=see you", "=a picture?");
            assertThat(mms.parts(Side.INITIATOR, PartKind.HEADER))
                    .containsExactly("subject=holiday");
        }
        assertThat(told.entries.subList(2, 4))
                .extracting(e -> e.exchange().host())
                .containsExactly("+919811112222", "+919833334444");
    }

    @Test
    void tellsCalls() throws Exception {
        Told told =
                read(
                        xml(
                                "calls",
                                w -> {
                                    for (String type : List.of("1", "2", "3")) {
                                        w.writeEmptyElement("call");
                                        w.writeAttribute("number", "+919855556666");
                                        w.writeAttribute("date", "1407405661000");
                                        w.writeAttribute("type", type);
                                    }
                                }));
        assertThat(told.entries)
                .extracting(e -> e.exchange().operation())
                .containsExactly("CALL", "CALL", "CALL");
        assertThat(told.entries)
                .extracting(e -> e.messages.getFirst().side())
                .containsExactly(Side.RESPONDER, Side.INITIATOR, Side.RESPONDER);
    }

    @Test
    void readsEmojiAsTheBackupsWriteThem() throws Exception {
        Told told =
                read(
                        b(
                                "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\r\n<smses count=\"1\">\r\n"
                                        + "  <sms address=\"1\" type=\"2\" date=\"1\" body=\"&#55357;&#56960; &#x41;&#10;&lt;&unknown; a & b &#55357; c\" />\r\n</smses>"));
        byte[] alone = {(byte) 0xed, (byte) 0xa0, (byte) 0xbd};
        byte[] body = told.entries.getFirst().body(Side.INITIATOR).bytes.toByteArray();
        String want = "\ud83d\ude80 A\n<&unknown; a & b ";
        assertThat(new String(body, 0, b(want).length, StandardCharsets.UTF_8)).isEqualTo(want);
        assertThat(Arrays.copyOfRange(body, b(want).length, b(want).length + 3)).isEqualTo(alone);
        assertThat(told.anomalies).isEmpty();
    }

    @Test
    void isTheSameHoweverItComes() throws Exception {
        byte[] file = backup();
        String whole = all(read(file));
        for (int seed = 0; seed < 50; seed++)
            assertThat(all(read(Told.pieces(file, 0, seed)))).isEqualTo(whole);
    }

    private static String all(Told told) {
        StringBuilder s = new StringBuilder();
        told.entries.forEach(e -> s.append(e.all()));
        return s.append(told.anomalies).append(told.totals).toString();
    }

    @Test
    void usesAllBeforeACut() throws Exception {
        byte[] file = backup();
        int from = new String(file, StandardCharsets.UTF_8).indexOf("<smses") + 8;
        int first = new String(file, StandardCharsets.ISO_8859_1).indexOf("VM-AIRTEL");
        for (int cut = from; cut < file.length; cut++) {
            Told told = read(Arrays.copyOf(file, cut));
            assertThat(told.anomalies)
                    .as("cut at %s", cut)
                    .extracting(Anomaly::kind)
                    .containsExactly(Anomaly.Kind.CAPTURE_TRUNCATED);
            if (cut > first)
                assertThat(told.entries.getFirst().parts(Side.INITIATOR, PartKind.BODY)).hasSize(1);
        }
        int inside = new String(file, StandardCharsets.ISO_8859_1).indexOf("867345021234563") + 15;
        Told told = read(Arrays.copyOf(file, inside));
        assertThat(told.entries.getFirst().parts(Side.INITIATOR, PartKind.BODY))
                .containsExactly("=AP:867345021234563");
        assertThat(told.entries.getFirst().body(Side.INITIATOR).gaps)
                .containsExactly("1 TRUNCATED");
    }

    @Test
    void survivesDamage() throws Exception {
        Random random = new Random(7);
        byte[] file = backup();
        int from = new String(file, StandardCharsets.UTF_8).indexOf("<smses") + 8;
        for (int i = 0; i < 3000; i++) {
            byte[] bad = file.clone();
            for (int k = random.nextInt(4); k >= 0; k--)
                bad[from + random.nextInt(bad.length - from)] = (byte) random.nextInt(256);
            read(bad);
        }
    }

    @Test
    void boundsWhatIsKept() throws Exception {
        String nested = "<smses>" + "<a>".repeat(100_000);
        assertThat(read(b(nested)).anomalies).hasSize(1);
        Told told =
                read(
                        b(
                                "<smses><sms address=\"1\" type=\"2\" body=\""
                                        + "x".repeat(9 << 20)
                                        + "\"/></smses>"));
        Told.Part body = told.entries.getFirst().body(Side.INITIATOR);
        assertThat(body.bytes.size()).isBetween((8 << 20) - 10, 8 << 20);
        assertThat(body.gaps).hasSize(1);
        assertThat(told.entries.getFirst().anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LIMIT);
        String entities =
                "<!DOCTYPE smses [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">]><smses><sms address=\"1\" type=\"2\" body=\"&b;\"/></smses>";
        assertThat(read(b(entities)).entries.getFirst().body(Side.INITIATOR).text())
                .isEqualTo("&b;");
    }

    private static final String ROWS =
            "Row: 0 _id=7, thread_id=1, address=+919833334444, person=NULL, date=1407405661123, date_sent=0, protocol=NULL, read=1,"
                    + " status=-1, type=2, reply_path_present=NULL, subject=NULL, body=AP, type=1, imei=867345021234563, locked\n"
                    + "Row: 5 _id=none of a row\n\nend, service_center=NULL, locked=0, error_code=-1, creator=com.example.mms, seen=1\n"
                    + "Row: 1 _id=8, address=VM-AIRTEL, date=1407405662000, type=1, body=Welcome, service_center=+919876500000, locked=0\n"
                    + "Row: 2 _id=9, address=+919833334444, date=1407405662000, type=3, body=a draft, locked=0\n";

    @Test
    void readsRowsWhoseBodiesLookLikeColumnsAndRows() throws Exception {
        for (String file :
                List.of(ROWS, ROWS.replace("\n", "\r\n"), "\ufeff" + ROWS, ROWS.strip())) {
            Told told = read(b(file));
            assertThat(told.anomalies).isEmpty();
            assertThat(told.entries).hasSize(2);
            assertThat(told.entries.get(0).exchange().host()).isEqualTo("+919833334444");
            assertThat(told.entries.get(0).flow.sent().time(0))
                    .isEqualTo(1_407_405_661_123_000_000L);
            assertThat(told.entries.get(0).parts(Side.INITIATOR, PartKind.BODY))
                    .containsExactly(
                            "=AP, type=1, imei=867345021234563, locked\nRow: 5 _id=none of a row\n\nend");
            assertThat(told.entries.get(1).parts(Side.RESPONDER, PartKind.BODY))
                    .containsExactly("=Welcome");
        }
        for (int cut = 20; cut < ROWS.length(); cut++)
            assertThat(read(b(ROWS.substring(0, cut))).entries.size()).isLessThanOrEqualTo(3);
    }

    @Test
    void readsRowsOfAProjectionAndCalls() throws Exception {
        Told told =
                read(
                        b(
                                "Row: 0 address=123, body=hello, date=1407405661000, type=1\nRow: 1 body=x\n"));
        assertThat(told.entries.get(0).parts(Side.RESPONDER, PartKind.BODY))
                .containsExactly("=hello");
        assertThat(told.entries.get(1).anomalies).hasSize(2);
        told =
                read(
                        b(
                                "Row: 0 _id=1, number=+919855556666, date=1407405661000, duration=61, type=2, name=NULL\n"));
        assertThat(told.entries.getFirst().exchange().operation()).isEqualTo("CALL");
        assertThat(told.entries.getFirst().messages.getFirst().side()).isEqualTo(Side.INITIATOR);
        told = read(b("Row: 0 display_name=x, _id=4\n"));
        assertThat(told.anomalies).hasSize(1);
    }
}
