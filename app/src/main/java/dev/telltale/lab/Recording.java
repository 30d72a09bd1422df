package dev.telltale.lab;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What passed the tap: datagrams, and conversations as turns of bytes with their instants. */
final class Recording {
    /** A full-sized segment on Ethernet with TCP timestamps: 1500 - 20 - 20 - 12. */
    static final int SEGMENT = 1448;

    /** Time between two segments sent at once. */
    static final long SEGMENT_MICROS = 120;

    private final List<Datagram> datagrams = new ArrayList<>();
    private final List<Conversation> conversations = new ArrayList<>();

    record Datagram(Instant at, Ip4.Port from, Ip4.Port to, byte[] payload) {}

    /** Bytes one side sent before the other spoke again. */
    record Turn(Instant at, boolean fromClient, byte[] bytes) {}

    void datagram(Instant at, Ip4.Port from, Ip4.Port to, byte[] payload) {
        datagrams.add(new Datagram(at, from, to, payload.clone()));
    }

    Conversation open(Instant at, Ip4.Port client, Ip4.Port server, long roundTripMicros) {
        Conversation c = new Conversation(at, client, server, roundTripMicros);
        conversations.add(c);
        return c;
    }

    List<Datagram> datagrams() {
        return List.copyOf(datagrams);
    }

    List<Conversation> conversations() {
        return List.copyOf(conversations);
    }

    /** One connection, as its client saw it. */
    static final class Conversation {
        private final Instant opened;
        private final Ip4.Port client;
        private final Ip4.Port server;
        private final long roundTrip;
        private final List<Turn> turns = new ArrayList<>();
        private final ByteArrayOutputStream speaking = new ByteArrayOutputStream();
        private Optional<Instant> speakingSince = Optional.empty();
        private boolean clientSpeaks;
        private Optional<Instant> closed = Optional.empty();

        private Conversation(Instant opened, Ip4.Port client, Ip4.Port server, long roundTrip) {
            this.opened = opened;
            this.client = client;
            this.server = server;
            this.roundTrip = roundTrip;
        }

        void bytes(Instant at, boolean fromClient, byte[] bytes, int offset, int length) {
            if (speakingSince.isEmpty() || fromClient != clientSpeaks) {
                endTurn();
                speakingSince = Optional.of(at);
                clientSpeaks = fromClient;
            }
            speaking.write(bytes, offset, length);
        }

        boolean turnIsClients() {
            return speakingSince.isPresent() && clientSpeaks;
        }

        boolean turnIsServers() {
            return speakingSince.isPresent() && !clientSpeaks;
        }

        /** How long the segments of the turn under way take. */
        long turnMicros() {
            return SEGMENT_MICROS * (speaking.size() / SEGMENT + 1);
        }

        void closed(Instant at) {
            endTurn();
            closed = Optional.of(at);
        }

        void endTurn() {
            speakingSince.ifPresent(
                    since -> turns.add(new Turn(since, clientSpeaks, speaking.toByteArray())));
            speaking.reset();
            speakingSince = Optional.empty();
        }

        Instant opened() {
            return opened;
        }

        Ip4.Port client() {
            return client;
        }

        Ip4.Port server() {
            return server;
        }

        /** In microseconds. */
        long roundTrip() {
            return roundTrip;
        }

        List<Turn> turns() {
            return List.copyOf(turns);
        }

        /** Empty where it was still open at the end. */
        Optional<Instant> closed() {
            return closed;
        }
    }
}
