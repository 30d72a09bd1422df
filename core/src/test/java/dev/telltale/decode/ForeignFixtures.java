package dev.telltale.decode;

import static dev.telltale.decode.FixtureMaker.IMEI;
import static dev.telltale.decode.FixtureMaker.MAIL;
import static dev.telltale.decode.FixtureMaker.PHONE;
import static dev.telltale.decode.FixtureMaker.of;

import java.io.IOException;
import java.util.HexFormat;

/** Fixtures whose bytes encoders outside of Java have made; what made them stands with them. */
final class ForeignFixtures {
    private ForeignFixtures() {}

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    static void items() throws IOException {
        of("cbor", "plain", "by npm cbor 10, announced")
                .type("application/cbor")
                .see(IMEI, "cbor=(device.imei)")
                .see("keyed-value-1", "cbor=(device.keyed-value-1)")
                .see(PHONE, "cbor=(tags.[].tel)")
                .input(
                        hex(
                                "a366646576696365a364696d65696f333536393338303335363433383039626f730e6d6b6579"
                                        + "65642d76616c75652d31f66474616773826161a16374656c6e2b343931353132333435363738"
                                        + "39626f6bf5"));
        of("cbor", "sniffed", "by npm cbor-x, lengths of two bytes")
                .see(IMEI, "cbor=(device.imei)")
                .see("keyed-value-1", "cbor=(device.keyed-value-1)")
                .see(PHONE, "cbor=(tags.[].tel)")
                .input(
                        hex(
                                "b9000366646576696365b9000364696d65696f333536393338303335363433383039626f730e"
                                        + "6d6b657965642d76616c75652d31f66474616773826161b900016374656c6e2b343931353132"
                                        + "33343536373839626f6bf5"));
        of("cbor", "tagged", "self-described")
                .see(IMEI, "cbor=(device.imei)")
                .see("keyed-value-1", "cbor=(device.keyed-value-1)")
                .see(PHONE, "cbor=(tags.[].tel)")
                .input(
                        hex(
                                "d9d9f7a366646576696365a364696d65696f333536393338303335363433383039626f730e6d"
                                        + "6b657965642d76616c75652d31f66474616773826161a16374656c6e2b343931353132333435"
                                        + "36373839626f6bf5"));
        of("cbor", "endless", "a map and a text in chunks, both without a length")
                .type("application/cbor-seq")
                .see(IMEI, "cbor=(imei)")
                .see(PHONE, "cbor")
                .input(
                        hex(
                                "bf64696d65696f333536393338303335363433383039616e820102ff7f747468652070686f6e"
                                        + "65206973202b343931353132743334353637383920616e64206e6f206f74686572ff"));
        of("cbor", "numbers", "identifiers as numbers")
                .see(IMEI, "cbor=(imei) > int-be")
                .see("a45046129fc3", "cbor=(mac) > hex-int-be")
                .see("-404450123456789", "cbor=(list.[]) > negative")
                .see("19.07598,72.87766", "cbor=(lon) > double-be")
                .see("9774d56d682e549c", "cbor=(aid) > hex-int-be")
                .input(
                        hex(
                                "a664696d65691b000144a21cd245a1636d61631b0000a45046129fc3646c697374823b00016f"
                                        + "d861f02114fa3fc00000636c6174fb403313736cdf266c636c6f6efb4052382b94d940796361"
                                        + "6964c2489774d56d682e549c"));
        of("cbor", "nested", "JSON and text in byte strings")
                .see(IMEI, "cbor=(body) > json=(device.imei)")
                .see(IMEI, "cbor=(raw)")
                .input(
                        hex(
                                "a361760164626f6479583e7b22646576696365223a7b22696d6569223a223335363933383033"
                                        + "35363433383039222c226f73223a31347d2c2274616773223a5b2261222c2262225d7d637261"
                                        + "774f333536393338303335363433383039"));
        of("cbor", "noise", "what cannot be read stays so")
                .type("application/cbor")
                .see(IMEI, "cbor=(imei)")
                .unread("OPAQUE OPAQUE_PAYLOAD 200 blob")
                .input(
                        hex(
                                "a264696d65696f33353639333830333536343338303964626c6f6258c8c67edfb871ec1ed19c"
                                        + "e6ce9d52aa827e984197b57e01cf41fd0e235513c936dc2fcc79955d9409848982c80af4857f"
                                        + "96a74b703114f57aecfbc6982fc0d42d70892ae938f67b38542a814505ed747b0794937c0b16"
                                        + "847a44daf99b4777cbec0fbdae0e0bf5742844009b3b969b132828c0c1fb75d1b161cfbec943"
                                        + "567070772e19243b42dec21336f5ea8e712229ca2f71921eb12a9a634025ed27ceb291c80db5"
                                        + "28b089e48d5724a9f9871641826e60bdc2042168aa803dd2e65463eba48258ff59ce9937bbac"
                                        + "db"));
        of("cbor", "cut", "ends inside a text")
                .type("application/cbor")
                .see(IMEI, "cbor=(device.imei)")
                .see("keyed-value-1", "cbor=(device.keyed-value-1)")
                .find(PHONE)
                .anomaly("DECODE_ERROR")
                .input(
                        hex(
                                "a366646576696365a364696d65696f333536393338303335363433383039626f730e6d6b6579"
                                        + "65642d76616c75652d31f66474616773826161a16374"));
        of("msgpack", "plain", "by npm @msgpack/msgpack 3, announced")
                .type("application/x-msgpack")
                .see(IMEI, "msgpack=(device.imei)")
                .see("keyed-value-1", "msgpack=(device.keyed-value-1)")
                .see(PHONE, "msgpack=(tags.[].tel)")
                .input(
                        hex(
                                "83a664657669636583a4696d6569af333536393338303335363433383039a26f730ead6b6579"
                                        + "65642d76616c75652d31c0a47461677392a16181a374656cae2b343931353132333435363738"
                                        + "39a26f6bc3"));
        of("msgpack", "sniffed", "not announced")
                .see(IMEI, "msgpack=(device.imei)")
                .see("keyed-value-1", "msgpack=(device.keyed-value-1)")
                .see(PHONE, "msgpack=(tags.[].tel)")
                .input(
                        hex(
                                "83a664657669636583a4696d6569af333536393338303335363433383039a26f730ead6b6579"
                                        + "65642d76616c75652d31c0a47461677392a16181a374656cae2b343931353132333435363738"
                                        + "39a26f6bc3"));
        of("msgpack", "numbers", "identifiers as numbers")
                .see(IMEI, "msgpack=(imei) > double-be")
                .see("a45046129fc3", "msgpack=(mac) > hex-double-be")
                .see("-404450123456789", "msgpack=(list.[]) > int-be")
                .see("19.07598,72.87766", "msgpack=(lon) > double-be")
                .see("9774d56d682e549c", "msgpack=(aid) > hex-int-be")
                .input(
                        hex(
                                "86a4696d6569cb42f44a21cd245a10a36d6163cb42e48a08c253f860a46c69737492d3fffe90"
                                        + "279e0fdeebcb3ff8000000000000a36c6174cb403313736cdf266ca36c6f6ecb4052382b94d9"
                                        + "4079a3616964cf9774d56d682e549c"));
        of("msgpack", "nested", "JSON, text and an extension")
                .see(IMEI, "msgpack=(body) > json=(device.imei)")
                .see(IMEI, "msgpack=(raw)")
                .see(MAIL, "msgpack=(ext)")
                .input(
                        hex(
                                "84a17601a4626f6479c43e7b22646576696365223a7b22696d6569223a223335363933383033"
                                        + "35363433383039222c226f73223a31347d2c2274616773223a5b2261222c2262225d7da37261"
                                        + "77c40f333536393338303335363433383039a3657874c7200578206d6172612e6c696e647176"
                                        + "6973742b617070406578616d706c652e6f7267"));
        of("msgpack", "floats", "a list with a place")
                .see(IMEI, "msgpack=([])")
                .see("19.07598,72.87766", "msgpack=([]) > float-be")
                .input(hex("93af333536393338303335363433383039ca41989b9bca4291c15d"));
        of("msgpack", "noise", "what cannot be read stays so")
                .see(IMEI, "msgpack=(imei)")
                .unread("OPAQUE OPAQUE_PAYLOAD 200 blob")
                .input(
                        hex(
                                "82a4696d6569af333536393338303335363433383039a4626c6f62c4c8c67edfb871ec1ed19c"
                                        + "e6ce9d52aa827e984197b57e01cf41fd0e235513c936dc2fcc79955d9409848982c80af4857f"
                                        + "96a74b703114f57aecfbc6982fc0d42d70892ae938f67b38542a814505ed747b0794937c0b16"
                                        + "847a44daf99b4777cbec0fbdae0e0bf5742844009b3b969b132828c0c1fb75d1b161cfbec943"
                                        + "567070772e19243b42dec21336f5ea8e712229ca2f71921eb12a9a634025ed27ceb291c80db5"
                                        + "28b089e48d5724a9f9871641826e60bdc2042168aa803dd2e65463eba48258ff59ce9937bbac"
                                        + "db"));
        of("msgpack", "cut", "ends inside a text")
                .type("application/msgpack")
                .see(IMEI, "msgpack=(device.imei)")
                .see("keyed-value-1", "msgpack=(device.keyed-value-1)")
                .find(PHONE)
                .anomaly("DECODE_ERROR")
                .input(
                        hex(
                                "83a664657669636583a4696d6569af333536393338303335363433383039a26f730ead6b6579"
                                        + "65642d76616c75652d31c0a47461677392a16181a374"));
    }

    static void plists() throws IOException {
        of("bplist", "plain", "by Python's plistlib; one text at two places")
                .type("application/x-apple-binary-plist")
                .see(IMEI, "bplist=(device.imei)")
                .see(PHONE, "bplist=(device.a-name-of-more-than-fifteen)")
                .see(IMEI, "bplist=(tags.[].again)")
                .input(
                        hex(
                                "62706c6973743030d201020308566465766963655474616773d20405060754696d65695f101b"
                                        + "612d6e616d652d6f662d6d6f72652d7468616e2d6669667465656e5f100f3335363933383033"
                                        + "353634333830395e2b34393135313233343536373839a2090a5161d10b0655616761696e080d"
                                        + "14191e2341536265676a0000000000000101000000000000000c000000000000000000000000"
                                        + "00000070"));
        of("bplist", "numbers", "identifiers as numbers")
                .see(IMEI, "bplist=(imei) > int-be")
                .see("a45046129fc3", "bplist=(mac) > hex-int-be")
                .see("9774d56d682e549c", "bplist=(aid) > hex-int-be")
                .see("19.07598,72.87766", "bplist=(lon) > double-be")
                .input(
                        hex(
                                "62706c6973743030d50102030405060708090a54696d6569536d616353616964536c6174536c"
                                        + "6f6e13000144a21cd245a1130000a45046129fc31400000000000000009774d56d682e549c23"
                                        + "403313736cdf266c234052382b94d940790813181c202428313a4b5400000000000001010000"
                                        + "00000000000b0000000000000000000000000000005d"));
        of("bplist", "nested", "UTF-16, and JSON and text in bytes")
                .see("J\u00f6rg M\u00fc\u00dfig", "bplist=(u) > utf-16be")
                .see(IMEI, "bplist=(w) > utf-16be")
                .see(IMEI, "bplist=(body) > json=(device.imei)")
                .see(PHONE, "bplist=(raw)")
                .input(
                        hex(
                                "62706c6973743030d401020304050607085175517754626f6479537261776a004a00f6007200"
                                        + "670020004d00fc00df006900676f101265e5672c002000330035003600390033003800300033"
                                        + "00350036003400330038003000394f103e7b22646576696365223a7b22696d6569223a223335"
                                        + "36393338303335363433383039222c226f73223a31347d2c2274616773223a5b2261222c2262"
                                        + "225d7d4f101078202b34393135313233343536373839081113151a1e335a9b00000000000001"
                                        + "010000000000000009000000000000000000000000000000ae"));
        of("bplist", "cut", "without its table: searched as it stands")
                .see(IMEI, "-")
                .see(PHONE, "-")
                .anomaly("DECODE_ERROR")
                .input(
                        hex(
                                "62706c6973743030d201020308566465766963655474616773d20405060754696d65695f101b"
                                        + "612d6e616d652d6f662d6d6f72652d7468616e2d6669667465656e5f100f3335363933383033"
                                        + "353634333830395e2b34393135313233343536373839a2090a5161d10b0655616761696e080d"
                                        + "14191e2341536265676a000000000000010100000000"));
    }
}
