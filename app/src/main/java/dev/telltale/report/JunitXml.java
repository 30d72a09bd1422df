package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Outcome;
import dev.telltale.model.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The verdict as JUnit XML, for pipelines that show it: a test suite for each rule, a test case for
 * each destination and phase. FAIL is a failure, INCONCLUSIVE an error, so that neither is green.
 */
public final class JunitXml {

    private final Audit audit;
    private final XMLStreamWriter xml;

    private JunitXml(Audit audit, XMLStreamWriter xml) {
        this.audit = audit;
        this.xml = xml;
    }

    /** Writes UTF-8, ends with a line feed, leaves {@code out} open. */
    public static void write(Audit audit, OutputStream out) throws IOException {
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
            new JunitXml(audit, xml).document();
            xml.flush();
        } catch (XMLStreamException e) {
            if (e.getNestedException() instanceof IOException io) throw io;
            throw new IOException(e);
        }
    }

    private void document() throws XMLStreamException {
        Map<String, List<Verdict.Reason>> suites = suites();
        xml.writeStartDocument("UTF-8", "1.0");
        line(0);
        xml.writeStartElement("testsuites");
        attribute("name", "telltale " + audit.inputs().policyName());
        counts(suites.values().stream().flatMap(List::stream).toList());
        for (Map.Entry<String, List<Verdict.Reason>> suite : suites.entrySet()) {
            line(1);
            xml.writeStartElement("testsuite");
            attribute("name", suite.getKey());
            counts(suite.getValue());
            for (Verdict.Reason r : suite.getValue()) testCase(r);
            line(1);
            xml.writeEndElement();
        }
        line(0);
        xml.writeEndElement();
        line(0);
        xml.writeEndDocument();
    }

    /** The verdict first, as a case of its own: an audit without reasons must not look empty. */
    private Map<String, List<Verdict.Reason>> suites() {
        Verdict verdict = audit.verdict();
        Map<String, List<Verdict.Reason>> suites = new LinkedHashMap<>();
        suites.put(
                "verdict",
                new ArrayList<>(
                        List.of(
                                new Verdict.Reason(
                                        "verdict",
                                        "",
                                        "",
                                        verdict.outcome(),
                                        verdict.scope(),
                                        List.of()))));
        for (Verdict.Reason r : verdict.reasons())
            suites.computeIfAbsent(r.rule(), k -> new ArrayList<>()).add(r);
        return suites;
    }

    private static String where(Verdict.Reason r) {
        String to = r.destination().isEmpty() ? "the whole recording" : r.destination();
        return r.phase().isEmpty() ? to : to + ", " + r.phase();
    }

    private void testCase(Verdict.Reason r) throws XMLStreamException {
        line(2);
        xml.writeStartElement("testcase");
        attribute("classname", r.rule());
        attribute("name", where(r));
        String child =
                switch (r.outcome()) {
                    case PASS -> "system-out";
                    case FAIL -> "failure";
                    case INCONCLUSIVE -> "error";
                };
        line(3);
        xml.writeStartElement(child);
        if (r.outcome() != Outcome.PASS) {
            attribute("type", r.outcome().name());
            attribute("message", r.text());
        }
        xml.writeCharacters(Printable.of(r.text()));
        xml.writeEndElement();
        line(2);
        xml.writeEndElement();
    }

    private void counts(List<Verdict.Reason> reasons) throws XMLStreamException {
        attribute("tests", Integer.toString(reasons.size()));
        attribute("failures", count(reasons, Outcome.FAIL));
        attribute("errors", count(reasons, Outcome.INCONCLUSIVE));
        attribute("skipped", "0");
    }

    private static String count(List<Verdict.Reason> reasons, Outcome outcome) {
        return Long.toString(reasons.stream().filter(r -> r.outcome() == outcome).count());
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, Printable.of(value));
    }

    private void line(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }
}
