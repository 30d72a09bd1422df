package dev.telltale.model;

/** Takes what was odd. */
@FunctionalInterface
public interface AnomalySink {
    void anomaly(Anomaly anomaly);
}
