package dev.telltale.decode;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
     * @param apart makes what takes a layer of binary framing apart; null for all others
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
            @Nullable Function<Layer, Apart> apart,
            IntPredicate first) {
        /** Any first byte will do. */
        Decoder(
                String name,
                Kind kind,
                Trust trust,
                List<String> codings,
                Sniff sniff,
                Supplier<Codec> codec) {
            this(name, kind, trust, codings, sniff, codec, null, c -> true);
        }

        Decoder first(IntPredicate bytes) {
            return new Decoder(name, kind, trust, codings, sniff, codec, apart, bytes);
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

    /** A magic number at the front of it. */
    @FunctionalInterface
    private interface Magic {
        boolean begins(byte[] b, int from, int to);
    }

    private static Decoder codec(
            String name, Trust trust, List<String> codings, Magic magic, Supplier<Codec> codec) {
        return new Decoder(
                name,
                Kind.CODEC,
                trust,
                codings,
                (b, s, e, c, t, o) -> magic.begins(b, s, e),
                codec);
    }

    /** Decoded as a whole, where {@link Text} finds it. */
    private static Decoder whole(String name) {
        Supplier<Codec> none =
                () -> {
                    throw new IllegalStateException(name + " is no stream");
                };
        return new Decoder(name, Kind.CODEC, Trust.TEXT, List.of(), NEVER, none);
    }

    private static Decoder apart(
            String name, Trust trust, Function<Layer, Apart> apart, Sniff sniff) {
        Decoder d = structure(name, trust, sniff);
        return new Decoder(name, d.kind, trust, d.codings, sniff, d.codec, apart, d.first);
    }

    static final Decoder GZIP =
            new Decoder(
                            "gzip",
                            Kind.CODEC,
                            Trust.MAGIC,
                            List.of("gzip", "x-gzip"),
                            (b, s, e, c, t, o) -> Gzip.begins(b, s, e),
                            Gzip::new)
                    .first(c -> c == 0x1f);
    static final Decoder ZSTD =
            new Decoder(
                            "zstd",
                            Kind.CODEC,
                            Trust.MAGIC,
                            List.of("zstd"),
                            (b, s, e, c, t, o) -> Zstd.begins(b, s, e),
                            Zstd::new)
                    .first(c -> c == 0x28);
    static final Decoder XZ =
            codec("xz", Trust.MAGIC, List.of("xz", "x-xz"), Xz::begins, Xz::new)
                    .first(c -> c == 0xfd);
    static final Decoder BZIP2 =
            codec("bzip2", Trust.MAGIC, List.of("bzip2", "x-bzip2"), Bzip2::begins, Bzip2::new)
                    .first(c -> c == 'B');
    static final Decoder LZ4 =
            codec("lz4", Trust.MAGIC, List.of("lz4"), Lz4::begins, () -> new Lz4(false))
                    .first(c -> c == 2 || c == 4 || c == 'L');
    static final Decoder SNAPPY =
            codec(
                            "snappy",
                            Trust.MAGIC,
                            List.of("snappy", "x-snappy-framed"),
                            Snappy::begins,
                            () -> new Snappy(false))
                    .first(c -> c == 0xff || c == 0x82);
    static final Decoder LZ4_BLOCK =
            new Decoder(
                    "lz4-block",
                    Kind.CODEC,
                    Trust.TRIED,
                    List.of("lz4"),
                    (b, s, e, c, t, o) -> Lz4.blockBegins(b, s, e, c),
                    () -> new Lz4(true));
    static final Decoder SNAPPY_BLOCK =
            new Decoder(
                    "snappy-block",
                    Kind.CODEC,
                    Trust.TRIED,
                    List.of("snappy"),
                    (b, s, e, c, t, o) -> Snappy.blockBegins(b, s, e, c),
                    () -> new Snappy(true));
    static final Decoder ZLIB =
            new Decoder(
                            "zlib",
                            Kind.CODEC,
                            Trust.TRIED,
                            List.of("deflate", "zlib"),
                            (b, s, e, c, t, o) -> Zlib.begins(b, s, e),
                            Zlib::new)
                    .first(c -> (c & 0x8f) == 8);
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
    static final Decoder XML =
            structure("xml", (b, s, e, c, t, o) -> Xml.begins(b, s, e)).first(Xml::mayBeginWith);
    static final Decoder ZIP =
            apart("zip", Trust.MAGIC, Zip::new, (b, s, e, c, t, o) -> Zip.begins(b, s, e))
                    .first(c -> c == 'P');
    static final Decoder TAR =
            apart("tar", Trust.MAGIC, Tar::new, (b, s, e, c, t, o) -> Tar.begins(b, s, e));

    /** Within pictures, which are known before any decoder is asked. */
    static final Decoder EXIF = structure("exif", NEVER);

    static final Decoder GRPC =
            apart("grpc", Trust.TEXT, Grpc::new, (b, s, e, c, t, o) -> Grpc.begins(b, s, e, c, t));
    static final Decoder PROTOBUF =
            apart(
                    "protobuf",
                    Trust.TRIED,
                    Protobuf::new,
                    (b, s, e, c, t, o) -> Protobuf.begins(b, s, e, c, t));
    static final Decoder UTF16 =
            new Decoder(
                            "utf-16",
                            Kind.CODEC,
                            Trust.MAGIC,
                            List.of(),
                            (b, s, e, c, t, o) -> Utf16.begins(b, s, e, c),
                            Utf16::new)
                    .first(Utf16::mayBeginWith);
    static final Decoder UTF32 =
            new Decoder(
                    "utf-32",
                    Kind.CODEC,
                    Trust.MAGIC,
                    List.of(),
                    (b, s, e, c, t, o) -> Utf32.begins(b, s, e, c),
                    Utf32::new);
    static final Decoder LZ_STRING =
            new Decoder(
                    "lz-string",
                    Kind.CODEC,
                    Trust.TRIED,
                    List.of(),
                    (b, s, e, c, t, o) -> LzString.begins(b, s, e, c),
                    LzString::new);
    static final Decoder MIME =
            apart("mime", Trust.TEXT, Mime::new, (b, s, e, c, t, o) -> Mime.begins(b, s, e, t));
    static final Decoder BPLIST =
            apart(
                            "bplist",
                            Trust.MAGIC,
                            BinaryPlist::new,
                            (b, s, e, c, t, o) -> BinaryPlist.begins(b, s, e))
                    .first(c -> c == 'b');
    static final Decoder CBOR =
            apart(
                            "cbor",
                            Trust.TRIED,
                            l -> new Items(l, "cbor", new Cbor(), Cbor::named),
                            (b, s, e, c, t, o) -> Cbor.begins(b, s, e, c, t))
                    .first(Cbor::mayBeginWith);
    static final Decoder MSGPACK =
            apart(
                            "msgpack",
                            Trust.TRIED,
                            l -> new Items(l, "msgpack", new MsgPack(), MsgPack::named),
                            (b, s, e, c, t, o) -> MsgPack.begins(b, s, e, c, t))
                    .first(MsgPack::mayBeginWith);
    static final Decoder BSON =
            apart("bson", Trust.TRIED, Bson::new, (b, s, e, c, t, o) -> Bson.begins(b, s, e, c, t));
    static final Decoder DER =
            apart("der", Trust.TRIED, Der::new, (b, s, e, c, t, o) -> Der.begins(b, s, e, c))
                    .first(c -> c == 0x30);
    static final Decoder THRIFT =
            apart(
                    "thrift",
                    Trust.TRIED,
                    Thrift::new,
                    (b, s, e, c, t, o) -> Thrift.begins(b, s, e, c, t));
    static final Decoder SQLITE =
            apart("sqlite", Trust.MAGIC, Sqlite::new, (b, s, e, c, t, o) -> Sqlite.begins(b, s, e))
                    .first(c -> c == 'S');
    static final Decoder AVRO =
            apart("avro", Trust.MAGIC, Avro::new, (b, s, e, c, t, o) -> Avro.begins(b, s, e))
                    .first(c -> c == 'O');

    /** Known by the type that {@link #AVRO} gives its blocks. */
    static final Decoder AVRO_RECORDS =
            apart(
                    "avro",
                    Trust.MAGIC,
                    Avro.Records::new,
                    (b, s, e, c, t, o) -> Avro.Records.begins(t));

    static final Decoder CSV = structure("csv", (b, s, e, c, t, o) -> Csv.begins(b, s, e, t));
    static final Decoder FORM =
            structure("form", (b, s, e, c, t, o) -> FormData.begins(b, s, e, c, o, t));
    static final Decoder PERCENT =
            new Decoder(
                    "percent", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Percent(false));

    /** Percent-decoding where plus is a space: the same step to a reader. */
    static final Decoder PERCENT_PLUS =
            new Decoder(
                    "percent", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Percent(true));

    static final Decoder ENTITIES =
            new Decoder("entities", Kind.CODEC, Trust.TEXT, List.of(), NEVER, Entities::new);

    static final Decoder QUOTED_PRINTABLE =
            new Decoder(
                    "quoted-printable",
                    Kind.CODEC,
                    Trust.TEXT,
                    List.of("quoted-printable"),
                    NEVER,
                    QuotedPrintable::new);

    static final Decoder HEX =
            new Decoder("hex", Kind.CODEC, Trust.TEXT, List.of(), NEVER, Hex::new);
    static final Decoder BASE32 =
            new Decoder(
                    "base32", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Base32(false));
    static final Decoder BASE32HEX =
            new Decoder(
                    "base32hex", Kind.CODEC, Trust.TEXT, List.of(), NEVER, () -> new Base32(true));
    static final Decoder BASE58 = whole("base58");
    static final Decoder Z85 = whole(Base85.Z85.name);
    static final Decoder BASE85 = whole(Base85.RFC1924.name);
    static final Decoder ASCII85 = whole(Base85.ASCII85.name);
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
                    EXIF,
                    // Magic numbers first: they are the least likely to be chance, and nothing can
                    // be read before they are gone.
                    GZIP,
                    ZSTD,
                    XZ,
                    BZIP2,
                    LZ4,
                    SNAPPY,
                    // Letters as magic, so before all that is text.
                    BPLIST,
                    // By the type that the container gives its blocks.
                    AVRO_RECORDS,
                    AVRO,
                    SQLITE,
                    ZIP,
                    // Anything at first, its magic and a checksum further on.
                    TAR,
                    // Three bytes of four zero, or nearly.
                    UTF32,
                    // Every other byte zero at first, as no text and few formats have it.
                    UTF16,
                    // Two bytes only, which text may have too: so after the sure ones, and on
                    // trial.
                    ZLIB,
                    // No magic, but the first bytes say how much all of it comes to, and it does.
                    LZ4_BLOCK,
                    SNAPPY_BLOCK,
                    // No magic either: it unpacks to text, and ends where the bytes do.
                    LZ_STRING,
                    // No magic at all; raw deflate after zlib, because "deflate" is sent for both
                    // and zlib is checkable.
                    DEFLATE,
                    BROTLI,
                    // Its first line looks like nothing else; before JSON and forms, which its
                    // parts may hold.
                    MULTIPART,
                    // Header fields, which forms and other texts do not begin with.
                    MIME,
                    // By its media type alone; before what its first byte, mostly a zero, may
                    // look like.
                    GRPC,
                    // A bracket and what may follow it; before forms, because JSON is often sent
                    // under a form's media type.
                    JSON,
                    // A tag, which nothing else begins with.
                    XML,
                    // A list or a map that reads as such to its end, and begins like no text.
                    CBOR,
                    MSGPACK,
                    // As long as they say, and with names, values or a version where they must be.
                    BSON,
                    DER,
                    THRIFT,
                    // Any text with an equals sign could be one, so it comes after all that can be
                    // recognised better.
                    FORM,
                    // Two lines that agree, which a form has not.
                    CSV,
                    // Has no magic and may begin with anything, so that all else is asked before.
                    PROTOBUF,
                    // From here on: encodings of text values. Percent first: it hides the letters
                    // the others are known by.
                    ENTITIES,
                    QUOTED_PRINTABLE,
                    PERCENT,
                    // Hex before base 64, whose alphabet includes it.
                    HEX,
                    // One case and few digits, which base 64 has seldom; the plain alphabet first.
                    BASE32,
                    BASE32HEX,
                    BASE64,
                    BASE64URL,
                    // What is left of letters and digits; the number they are must make sense.
                    BASE58,
                    // All signs there are: only whole values.
                    Z85,
                    BASE85,
                    ASCII85);

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
