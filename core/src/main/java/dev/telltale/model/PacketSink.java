package dev.telltale.model;

/** Takes the packets of a capture in file order. */
@FunctionalInterface
public interface PacketSink {
    void packet(Packet packet);
}
