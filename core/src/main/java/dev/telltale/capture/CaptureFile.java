package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;

/** An open capture, read once, by one thread. */
public abstract sealed class CaptureFile implements AutoCloseable
        permits PacketCapture, StreamCapture, ExchangeCapture, AppLog {
    private final CaptureInput input;
    private boolean read;

    CaptureFile(CaptureInput input) {
        this.input = input;
    }

    /**
     * {@code pcap}, {@code pcapng}, {@code har}, ... as {@code docs/formats.md} lists them;
     * compression is no part of it.
     */
    public abstract String format();

    /**
     * SHA-256 of the file as it is, lower-case hex; reads what {@code read} left. Empty where
     * opened without a digest. Ask before closing.
     */
    public final String sha256() {
        return input.raw().sha256();
    }

    /**
     * Size of the file in bytes as far as it was read; all of it once {@link #sha256} was called.
     */
    public final long bytes() {
        return input.raw().count();
    }

    /**
     * Size of the file in bytes when it was opened, -1 for a pipe. With {@link #bytes} this tells
     * progress.
     */
    public final long length() {
        return input.raw().length();
    }

    @Override
    public final void close() {
        input.content().close();
    }

    /** The bytes of the format, to be asked for once. */
    final ByteSource content() {
        if (read) throw new IllegalStateException("a capture is read once");
        read = true;
        return input.content();
    }

    /**
     * Reports why the content ended early, if it did. To be called where the format's reader meets
     * the end.
     *
     * @return true where it was reported, so that a cut record needs no second report
     */
    final boolean reportDamage(AnomalySink anomalies) {
        if (input.content().damage().isEmpty()) return false;
        ByteSource.Damage d = input.content().damage().get();
        Anomaly.Kind kind =
                switch (d.kind()) {
                    case CUT -> Anomaly.Kind.CAPTURE_TRUNCATED;
                    case MALFORMED -> Anomaly.Kind.CAPTURE_MALFORMED;
                    case LIMIT -> Anomaly.Kind.LIMIT;
                    case UNREADABLE -> Anomaly.Kind.CAPTURE_UNREADABLE;
                };
        anomalies.anomaly(
                new Anomaly(
                        kind,
                        "byte " + d.at(),
                        "The file: " + d.text() + "; everything before was used."));
        return true;
    }
}
