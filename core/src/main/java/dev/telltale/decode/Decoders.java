package dev.telltale.decode;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Every decoder, in the order in which they are tried on a layer. To add one: its class, its row
 * here, its folder of fixtures.
 */
final class Decoders {
    private Decoders() {}

    /** How far a decoder's first bytes can be trusted. */
    enum Trust {
        /** A magic number of three bytes and more: taken at its word. */
        MAGIC,
        /** A weak magic number: taken where the first bytes decode well. */
        TRIED,
        /** None: taken only where declared, and where the first bytes decode well. */
        DECLARED,
        /** Text, recognised by its letters. */
        TEXT
    }

    /** What a layer does with it. */
    enum Kind {
        /** Bytes to bytes, in a stream. */
        CODEC,
        /** Takes a layer apart into named values. */
        STRUCTURE
    }

    /** Tells a layer's format by its first bytes. */
    @FunctionalInterface
    interface Sniff {
        /**
         * @param complete the layer ends at {@code to}
         * @param mediaType what it is said to be, or empty
         * @param outermost nothing has been taken off it yet
         */
        boolean begins(
                byte[] b, int from, int to, boolean complete, String mediaType, boolean outermost);
    }

    static final Sniff NEVER = (b, from, to, complete, type, outermost) -> false;

    /**
     * @param name as chains show it
     * @param codings the names HTTP and MIME have for it
     * @param sniff {@link #NEVER} where first bytes do not tell
     * @param codec makes one; structures have none
     * @param first whether a layer that begins with this byte (0 to 255) may be sniffed at all;
     *     most layers are decoded tokens that begin with none of the right ones
     */
    record Decoder(
            String name,
            Kind kind,
            Trust trust,
            List<String> codings,
            Sniff sniff,
            Supplier<Codec> codec,
            IntPredicate first) {
        /** Any first byte will do. */
        Decoder(
                String name,
                Kind kind,
                Trust trust,
                List<String> codings,
                Sniff sniff,
                Supplier<Codec> codec) {
            this(name, kind, trust, codings, sniff, codec, c -> true);
        }

        Decoder first(IntPredicate bytes) {
            return new Decoder(name, kind, trust, codings, sniff, codec, bytes);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Decoder structure(String name, Sniff sniff) {
        return structure(name, Trust.TEXT, sniff);
    }

    private static Decoder structure(String name, Trust trust, Sniff sniff) {
        return new Decoder(
                name,
                Kind.STRUCTURE,
                trust,
                List.of(),
                sniff,
                () -> {
                    throw new IllegalStateException(name + " is no codec");
                });
    }

    static final Decoder GZIP =
            new Decoder(
                    "gzip",
                    Kind.CODEC,
                    Trust.MAGIC,
                    List.of("gzip", "x-gzip"),
                    (b, s, e, c, t, o) -> Gzip.begins(b, s, e),
                    Gzip::new,
                    c -> c == 0x1f);
    static final Decoder ZSTD =
            new Decoder(
                    "zstd",
                    Kind.CODEC,
                    Trust.MAGIC,
                    List.of("zstd"),
                    (b, s, e, c, t, o) -> Zstd.begins(b, s, e),
                    Zstd::new,
                    c -> c == 0x28);
    static final Decoder ZLIB =
            new Decoder(
                    "zlib",
                    Kind.CODEC,
                    Trust.TRIED,
                    List.of("deflate", "zlib"),
                    (b, s, e, c, t, o) -> Zlib.begins(b, s, e),
                    Zlib::new,
                    c -> (c & 0x8f) == 8);
    static final Decoder DEFLATE =
            new Decoder(
                    "deflate", Kind.CODEC, Trust.DECLARED, List.of("deflate"), NEVER, Deflate::new);
    static final Decoder BROTLI =
            new Decoder(
                    "brotli",
                    Kind.CODEC,
                    Trust.DECLARED,
                    List.of("br"),
                    NEVER,
                    () -> new Brotli(false));
    static final Decoder MULTIPART =
            structure(
                    "multipart",
                    (b, s, e, c, t, o) ->
                            !Multipart.boundary(t).isEmpty()
                                    || !Multipart.sniff(b, s, e).isEmpty());
    static final Decoder JSON =
            structure("json", (b, s, e, c, t, o) -> Json.begins(b, s, e, Json.named(t)))
                    .first(Json::mayBeginWith);
    static final Decoder GRPC = structure("grpc", (b, s, e, c, t, o) -> Grpc.begins(b, s, e, c, t));
    static final Decoder PROTOBUF =
            structure(
                    "protobuf", Trust.TRIED, (b, s, e, c, t, o) -> Protobuf.begins(b, s, e, c, t));
    static final Decoder BPLIST =
            structure("bplist", Trust.MAGIC, (b, s, e, c, t, o) -> BinaryPlist.begins(b, s, e))
                    .first(c -> c == 'b');
    static final Decoder CBOR =
            structure("cbor", Trust.TRIED, (b, s, e, c, t, o) -> Cbor.begins(b, s, e, c, t))
                    .first(Cbor::mayBeginWith);
    static final Decoder MSGPACK =
            structure("msgpack", Trust.TRIED, (b, s, e, c, t, o) -> MsgPack.begins(b, s, e, c, t))
                    .first(MsgPack::mayBeginWith);
    static final Decoder FORM =
            structure("form", (b, s, e, c, t, o) -> FormData.begins(b, s, e, c, o, t));
    static final Decoder PERCENT =
            new Decoder(
                    "percent", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Percent(false));

    /** Percent-decoding where plus is a space: the same step to a reader. */
    static final Decoder PERCENT_PLUS =
            new Decoder(
                    "percent", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Percent(true));

    static final Decoder HEX =
            new Decoder("hex", Kind.CODEC, Trust.TEXT, List.of(), NEVER, Hex::new);
    static final Decoder BASE64 =
            new Decoder(
                    "base64",
                    Kind.CODEC,
                    Trust.TEXT,
                    List.of("base64"),
                    NEVER,
                    () -> new Base64(false));

    /** Several texts in a row, each with its padding. */
    static final Decoder BASE64_JOINED =
            new Decoder("base64", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Base64(true));

    static final Decoder BASE64URL =
            new Decoder(
                    "base64url", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Base64(false));

    static final List<Decoder> LIST =
            List.of(
                    // Magic numbers first: they are the least likely to be chance, and nothing can
                    // be read before they are gone.
                    GZIP,
                    ZSTD,
                    // Letters as magic, so before all that is text.
                    BPLIST,
                    // Two bytes only, which text may have too: so after the sure ones, and on
                    // trial.
                    ZLIB,
                    // No magic at all; raw deflate after zlib, because "deflate" is sent for both
                    // and zlib is checkable.
                    DEFLATE,
                    BROTLI,
                    // Its first line looks like nothing else; before JSON and forms, which its
                    // parts may hold.
                    MULTIPART,
                    // By its media type alone; before what its first byte, mostly a zero, may
                    // look like.
                    GRPC,
                    // A bracket and what may follow it; before forms, because JSON is often sent
                    // under a form's media type.
                    JSON,
                    // A list or a map that reads as such to its end, and begins like no text.
                    CBOR,
                    MSGPACK,
                    // Any text with an equals sign could be one, so it comes after all that can be
                    // recognised better.
                    FORM,
                    // Has no magic and may begin with anything, so that all else is asked before.
                    PROTOBUF,
                    // From here on: encodings of text values. Percent first: it hides the letters
                    // the others are known by.
                    PERCENT,
                    // Hex before base 64, whose alphabet includes it.
                    HEX,
                    BASE64,
                    BASE64URL);

    /** Those that first bytes or a media type tell; sure ones first. */
    static final List<Decoder> SNIFFED = LIST.stream().filter(d -> d.sniff() != NEVER).toList();

    private static final Decoder[][] BY_FIRST = new Decoder[256][];

    static {
        for (int c = 0; c < 256; c++) {
            int first = c;
            BY_FIRST[c] =
                    SNIFFED.stream().filter(d -> d.first().test(first)).toArray(Decoder[]::new);
        }
    }

    /** Those of {@link #SNIFFED} that a layer may be whose first byte is {@code first}. */
    static Decoder[] sniffed(byte first) {
        return BY_FIRST[first & 0xff];
    }

    /** No decoder. */
    static final Decoder NONE = structure("", NEVER);
}
