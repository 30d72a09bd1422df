package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The one immutable result; all judgement outputs read only this.
 *
 * @param controls what became of the run's controls, in its order
 * @param unexplained values that may be identifiers of the phone's own making, most telling first
 */
public record Audit(
        String toolVersion,
        Inputs inputs,
        PersonaSummary persona,
        Optional<Run> run,
        Verdict verdict,
        Coverage coverage,
        List<Finding> findings,
        List<Anomaly> anomalies,
        List<ControlSeen> controls,
        List<UnexplainedValue> unexplained) {

    /** Without controls and unexplained values. */
    public Audit(
            String toolVersion,
            Inputs inputs,
            PersonaSummary persona,
            Optional<Run> run,
            Verdict verdict,
            Coverage coverage,
            List<Finding> findings,
            List<Anomaly> anomalies) {
        this(
                toolVersion,
                inputs,
                persona,
                run,
                verdict,
                coverage,
                findings,
                anomalies,
                List.of(),
                List.of());
    }

    public Audit with(Verdict other) {
        return new Audit(
                toolVersion,
                inputs,
                persona,
                run,
                other,
                coverage,
                findings,
                anomalies,
                controls,
                unexplained);
    }

    /** The same audit of a persona that is committed to. */
    public Audit with(PersonaSummary other) {
        return new Audit(
                toolVersion,
                inputs,
                other,
                run,
                verdict,
                coverage,
                findings,
                anomalies,
                controls,
                unexplained);
    }

    public record Inputs(
            List<CaptureInfo> captures,
            List<String> keySha256,
            String runSha256,
            String policySha256,
            String policyName,
            List<Reference> reference,
            Options options) {

        /** With the usual options. */
        public Inputs(
                List<CaptureInfo> captures,
                List<String> keySha256,
                String runSha256,
                String policySha256,
                String policyName,
                List<Reference> reference) {
            this(
                    captures,
                    keySha256,
                    runSha256,
                    policySha256,
                    policyName,
                    reference,
                    Options.USUAL);
        }
    }

    /**
     * What was asked, as far as it decides what an audit says: with the same inputs and these the
     * same audit can be made again.
     *
     * @param device address of the phone, where one was given; {@code {id}} of the identifier whose
     *     value it is
     * @param evidence pieces of evidence kept per finding
     * @param reveal values are shown
     */
    public record Options(String device, int evidence, boolean reveal) {
        public static final Options USUAL = new Options("", 10_000, false);
    }

    /**
     * @param name file name as given, without directories
     * @param format {@code pcap}, {@code pcapng}, {@code har}, ..., {@code unreadable}
     * @param bytes size of the file
     * @param start first and last packet's (exchange's) time, empty where there is none
     */
    public record CaptureInfo(
            String name,
            String sha256,
            String format,
            long packets,
            long exchanges,
            long bytes,
            Optional<Instant> start,
            Optional<Instant> end,
            List<DeviceAddress> device) {}

    /**
     * @param how {@code option}, {@code persona}, {@code metadata} or {@code initiator}
     */
    public record DeviceAddress(String ip, String mac, String how) {}

    /**
     * Data from outside that labels rest on.
     *
     * @param title the source's own name and version
     * @param stale why a reader should doubt it: how far its date lies from the recording; empty
     *     where it does not
     */
    public record Reference(
            String name, String date, String sha256, String title, String licence, String stale) {

        public Reference(String name, String date, String sha256) {
            this(name, date, sha256, name, "", "");
        }
    }

    /**
     * @param commitment salted hash of the persona, or empty
     */
    public record PersonaSummary(String name, String commitment, List<Identifier> identifiers) {}
}
