// Fixtures by npm packages: lz-string 1.5, bs58 6, bson 7, thrift 0.23, avsc 5.7 in NODE_PATH.
// Called by build/decode-fixtures.
const fs = require("fs");
const path = require("path");

const FOLDER = "core/src/test/resources/decode";
const IMEI = "356938035643809";
const PHONE = "+4915123456789";
const JSON_TEXT = `{"device":{"imei":"${IMEI}","os":14},"tags":["a","b"]}`;

function fixture(decoder, name, how, data, ...lines) {
  const out = ["# " + how];
  const found = new Set();
  for (const line of lines) {
    if (typeof line === "string") {
      out.push(line);
      continue;
    }
    if (!found.has(line[0])) out.push("find: " + line[0]);
    found.add(line[0]);
    out.push(`see: ${line[0].replace(/^[~#]/, "")} | ${line[1]}`);
  }
  out.push("input: " + Buffer.from(data).toString("base64"));
  fs.mkdirSync(path.join(FOLDER, decoder), { recursive: true });
  fs.writeFileSync(path.join(FOLDER, decoder, name + ".txt"), out.join("\n") + "\n");
}

const LZ = require("lz-string");
fixture("lz-string", "base64", "by npm lz-string, in a JSON string", JSON.stringify({ d: LZ.compressToBase64(JSON_TEXT) }),
  [IMEI, "json=(d) > lz-string-uri > lz-string > json=(device.imei)"]);
let whole = JSON_TEXT;
while (LZ.compressToBase64(whole).includes("=")) whole += " ";
fixture("lz-string", "base64-whole", "of a length that base 64 has", JSON.stringify({ d: LZ.compressToBase64(whole) }),
  [IMEI, "json=(d) > base64 > lz-string > json=(device.imei)"]);
fixture("lz-string", "uri", "in letters for URIs", LZ.compressToEncodedURIComponent("phone " + PHONE + " ~~~ " + JSON_TEXT), "part: HEADER X-Id",
  [PHONE, "lz-string-uri > lz-string"], [IMEI, "lz-string-uri > lz-string"]);
fixture("lz-string", "utf16", "in characters of UTF-16, in a JSON string", JSON.stringify({ d: LZ.compressToUTF16(JSON_TEXT) }),
  [IMEI, "json=(d) > lz-string-utf16 > lz-string > json=(device.imei)"]);
fixture("lz-string", "bytes", "as bytes, with characters of 16 bits", LZ.compressToUint8Array("J\u00f6rg \u4e2d\u6587 " + IMEI),
  [IMEI, "lz-string"]);
let words = "";
for (let i = 0; i < 900; i++) words += (i * i) % 997 + " words, ";
fixture("lz-string", "long", "longer than is looked at to tell it", LZ.compressToUint8Array(words + JSON_TEXT), [IMEI, "lz-string"]);

const { BSON, Long, Double, Binary, ObjectId } = require("bson");
const device = { device: { imei: IMEI, n: 5 }, tags: [{ tel: PHONE }, true, null] };
fixture("bson", "plain", "by npm bson", BSON.serialize(device),
  [IMEI, "bson=(device.imei)"], [PHONE, "bson=(tags.[].tel)"]);
fixture("bson", "numbers", "identifiers as numbers; JSON in bytes; two documents", Buffer.concat([
  BSON.serialize({ imei: Long.fromString(IMEI), lat: new Double(19.07598), lon: new Double(72.87766), aid: Long.fromString("9774d56d682e549c", true, 16).toSigned(),
    real: Number(IMEI) }),
  BSON.serialize({ b: new Binary(Buffer.from(JSON_TEXT)), d: new Date(1715000000000), re: /a/i, id: new ObjectId("6638b5c0a1b2c3d4e5f60718") })]),
  "type: application/bson", [IMEI, "bson=(imei) > int-le"], ["19.07598,72.87766", "bson=(lon) > double-le"],
  ["9774d56d682e549c", "bson=(aid) > hex-int-le"], [IMEI, "bson=(real) > double-le"], [IMEI, "bson=(b) > json=(device.imei)"]);
fixture("bson", "in-base64", "in base 64 in JSON", JSON.stringify({ d: Buffer.from(BSON.serialize(device)).toString("base64") }),
  [IMEI, "json=(d) > base64 > bson=(device.imei)"], [PHONE, "json=(d) > base64 > bson=(tags.[].tel)"]);
fixture("bson", "cut", "ends inside a text", Buffer.from(BSON.serialize({ imei: IMEI, more: "words " + PHONE })).subarray(0, 50),
  "type: application/bson", [IMEI, "bson=(imei)"], "find: " + PHONE, "anomaly: DECODE_ERROR");

const thrift = require("thrift");
const Int64 = require("node-int64");
function message(protocol, framed) {
  let out;
  const t = new (framed ? thrift.TFramedTransport : thrift.TBufferedTransport)(null, (b) => (out = b));
  const p = new protocol(t);
  const T = thrift.Thrift.Type;
  p.writeMessageBegin("Report.send", thrift.Thrift.MessageType.CALL, 7);
  p.writeStructBegin("x");
  p.writeFieldBegin("d", T.STRUCT, 1);
  p.writeStructBegin("y");
  p.writeFieldBegin("imei", T.STRING, 1); p.writeString(IMEI); p.writeFieldEnd();
  p.writeFieldBegin("ok", T.BOOL, 2); p.writeBool(true); p.writeFieldEnd();
  p.writeFieldBegin("n", T.I64, 20); p.writeI64(new Int64(491598765432)); p.writeFieldEnd();
  p.writeFieldStop();
  p.writeStructEnd();
  p.writeFieldEnd();
  p.writeFieldBegin("l", T.LIST, 2); p.writeListBegin(T.STRING, 2); p.writeString("a"); p.writeString(PHONE); p.writeListEnd(); p.writeFieldEnd();
  p.writeFieldBegin("m", T.MAP, 3); p.writeMapBegin(T.STRING, T.STRING, 1); p.writeString("mail"); p.writeString("mara.lindqvist+app@example.org"); p.writeMapEnd(); p.writeFieldEnd();
  p.writeFieldBegin("lat", T.DOUBLE, 4); p.writeDouble(19.07598); p.writeFieldEnd();
  p.writeFieldBegin("lon", T.DOUBLE, 5); p.writeDouble(72.87766); p.writeFieldEnd();
  p.writeFieldStop();
  p.writeStructEnd();
  p.writeMessageEnd();
  p.flush();
  return out;
}
const thriftSeen = (int, double) => [[IMEI, "thrift=(#1.#1)"], ["491598765432", `thrift=(#1.#20) > ${int}`], [PHONE, "thrift=(#2.[])"],
  ["mara.lindqvist+app@example.org", "thrift=(#3.mail)"], ["19.07598,72.87766", `thrift=(#5) > ${double}`]];
fixture("thrift", "binary", "by npm thrift", message(thrift.TBinaryProtocol), ...thriftSeen("int-be", "double-be"));
fixture("thrift", "framed", "behind its length", message(thrift.TBinaryProtocol, true), ...thriftSeen("int-be", "double-be"));
fixture("thrift", "compact", "in the compact protocol", message(thrift.TCompactProtocol), ...thriftSeen("int-zigzag", "double-le"));
fixture("thrift", "cut", "ends inside a text", message(thrift.TBinaryProtocol).subarray(0, 84), "type: application/x-thrift",
  [IMEI, "thrift=(#1.#1)"], ["491598765432", "thrift=(#1.#20) > int-be"], "find: " + PHONE, "anomaly: DECODE_ERROR");

const piexif = require("piexifjs");
const jpeg = "ffd8ffe000104a46494600010100000100010000ffdb004300" + "10".repeat(64) + "ffc0000b080001000101011100ffc4001400" + "01" + "00".repeat(15) + "08" +
  "ffc4001410" + "01" + "00".repeat(16) + "ffda0008010100003f0054ffd9";
const G = piexif.GPSIFD;
const gps = { [G.GPSLatitudeRef]: "N", [G.GPSLatitude]: [[19, 1], [4, 1], [33528, 1000]], [G.GPSLongitudeRef]: "E", [G.GPSLongitude]: [[72, 1], [52, 1], [395760, 10000]] };
const picture = (exif) => Buffer.from(piexif.insert(piexif.dump(exif), Buffer.from(jpeg, "hex").toString("binary")), "binary");
fixture("exif", "place", "by npm piexifjs: a place, and a text that stands as it is", picture({ "0th": { [piexif.ImageIFD.Artist]: "mara.lindqvist+app@example.org" }, GPS: gps }),
  ["19.07598,72.87766", "exif=(GPS) > degrees"], ["mara.lindqvist+app@example.org", "-"]);
fixture("exif", "windows", "a text of UTF-16, as Windows writes it", picture({ "0th": { [piexif.ImageIFD.XPComment]: [...Buffer.from("imei " + IMEI + "\0", "utf16le")] } }),
  [IMEI, "exif=(Windows) > utf-16le"]);
fixture("exif", "in-base64", "in base 64 in JSON", JSON.stringify({ photo: picture({ GPS: gps }).toString("base64") }),
  ["19.07598,72.87766", "json=(photo) > base64 > exif=(GPS) > degrees"]);

const avro = require("avsc");
const schema = { type: "record", name: "Report", fields: [
  { name: "imei", type: "string" }, { name: "n", type: ["null", "long"] }, { name: "lat", type: "double" }, { name: "lon", type: "double" },
  { name: "tags", type: { type: "array", items: { type: "record", name: "Tag", fields: [{ name: "tel", type: "string" }, { name: "next", type: ["null", "Tag"] }] } } },
  { name: "map", type: { type: "map", values: "bytes" } }, { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
  { name: "id", type: { type: "fixed", name: "Id", size: 4 } }, { name: "f", type: "float" }, { name: "ok", type: "boolean" }] };
const avroTexts = [[IMEI, "imei"], [PHONE, "tags.[].tel"], ["mara.lindqvist+app@example.org", "map.mail"]];
function container(codec) {
  return new Promise((resolve) => {
    const e = new avro.streams.BlockEncoder(schema, { codec, syncMarker: Buffer.from("0123456789abcdef") });
    const all = [];
    e.on("data", (b) => all.push(b)).on("end", () => resolve(Buffer.concat(all)));
    for (const imei of ["1", IMEI])
      e.write({ imei, n: 491598765432, lat: 19.07598, lon: 72.87766, tags: imei === "1" ? [] : [{ tel: "a", next: null }, { tel: PHONE, next: null }],
        map: imei === "1" ? {} : { mail: Buffer.from("mara.lindqvist+app@example.org") }, kind: "B", id: Buffer.from("abcd"), f: 1.5, ok: true });
    e.end();
  });
}
const avroSeen = (inner) => [...avroTexts.map(([f, k]) => [f, `avro= > ${inner}avro=(${k})`]),
  ...[1, 2].map(() => ["491598765432", `avro= > ${inner}avro=(n) > int-zigzag`]), ...[1, 2].map(() => ["19.07598,72.87766", `avro= > ${inner}avro=(lon) > double-le`])];

(async () => {
  fixture("avro", "plain", "by npm avsc", await container("null"), ...avroSeen(""));
  fixture("avro", "deflate", "its block packed", await container("deflate"), ...avroSeen("[deflate] > "));
  fixture("avro", "in-base64", "in base 64 in JSON", JSON.stringify({ d: (await container("null")).toString("base64") }),
    ...avroSeen("").map(([f, c]) => [f, "json=(d) > base64 > " + c]));
  fixture("avro", "cut", "ends inside its block", (await container("null")).subarray(0, -60), "type: application/octet-stream",
    [IMEI, "avro= > avro=(imei)"], ["491598765432", "avro= > avro=(n) > int-zigzag"], ["491598765432", "avro= > avro=(n) > int-zigzag"],
    ["19.07598,72.87766", "avro= > avro=(lon) > double-le"], ["19.07598,72.87766", "avro= > avro=(lon) > double-le"],
    "find: mara.lindqvist+app@example.org", [PHONE, "avro= > avro=(tags.[].tel)"], "anomaly: DECODE_ERROR", "anomaly: DECODE_ERROR");
  const bs58 = (await import(require.resolve("bs58"))).default;
  const e = (t) => (bs58.encode || bs58.default.encode)(Buffer.from(t));
  fixture("base58", "header", "by npm bs58", e("imei " + IMEI), "part: HEADER X-Id", [IMEI, "base58"]);
  fixture("base58", "in-json", "JSON in it", JSON.stringify({ d: e(JSON_TEXT) }), [IMEI, "json=(d) > base58 > json=(device.imei)"]);
  fixture("base58", "in-text", "within words, the number alone", `the id is ${e(IMEI)} for now`, [IMEI, "base58"]);
  fixture("base58", "zeros", "zero bytes before it", JSON.stringify({ d: e("\0\0" + PHONE) }), [PHONE, "json=(d) > base58"]);
})();
