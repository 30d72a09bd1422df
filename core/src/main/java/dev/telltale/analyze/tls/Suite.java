package dev.telltale.analyze.tls;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A cipher suite: how it is called and what that says about it. Names and numbers are those of the
 * <a
 * href="https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-4">IANA
 * registry</a>.
 *
 * @param name without the leading {@code TLS_}
 * @param exchange how keys are agreed on, up to {@code _WITH_}; empty for TLS 1.3
 * @param bulk the cipher
 * @param mac of ciphers that need one: NULL, stream and block ciphers
 * @param sha384 whether the PRF of TLS 1.2, or the HKDF of 1.3, uses SHA-384 and not SHA-256
 */
record Suite(int id, String name, String exchange, Bulk bulk, Mac mac, boolean sha384) {
    /** How records are closed. */
    enum Mode {
        NONE,
        STREAM,
        CBC,
        GCM,
        CCM,
        POLY1305
    }

    /**
     * A bulk cipher.
     *
     * @param keyMaterial bytes taken from the key block; fewer than {@code key} for export grades
     * @param block size in bytes, 0 for none
     * @param tag bytes of the AEAD tag
     */
    enum Bulk {
        // Names first that others begin with: the longest match must be met first.
        NULL("NULL", Mode.NONE, 0, 0, 0, 0),
        RC4_128("RC4_128", Mode.STREAM, 16, 16, 0, 0),
        RC4_56("RC4_56", Mode.STREAM, 7, 16, 0, 0),
        RC4_40("RC4_40", Mode.STREAM, 5, 16, 0, 0),
        RC2_40("RC2_CBC_40", Mode.CBC, 5, 16, 8, 0),
        RC2_56("RC2_CBC_56", Mode.CBC, 7, 16, 8, 0),
        IDEA("IDEA_CBC", Mode.CBC, 16, 16, 8, 0),
        DES_40("DES40_CBC", Mode.CBC, 5, 8, 8, 0),
        DES("DES_CBC", Mode.CBC, 8, 8, 8, 0),
        TRIPLE_DES("3DES_EDE_CBC", Mode.CBC, 24, 24, 8, 0),
        AES_128_CBC("AES_128_CBC", Mode.CBC, 16, 16, 16, 0),
        AES_256_CBC("AES_256_CBC", Mode.CBC, 32, 32, 16, 0),
        CAMELLIA_128_CBC("CAMELLIA_128_CBC", Mode.CBC, 16, 16, 16, 0),
        CAMELLIA_256_CBC("CAMELLIA_256_CBC", Mode.CBC, 32, 32, 16, 0),
        ARIA_128_CBC("ARIA_128_CBC", Mode.CBC, 16, 16, 16, 0),
        ARIA_256_CBC("ARIA_256_CBC", Mode.CBC, 32, 32, 16, 0),
        SEED_CBC("SEED_CBC", Mode.CBC, 16, 16, 16, 0),
        AES_128_GCM("AES_128_GCM", Mode.GCM, 16, 16, 16, 16),
        AES_256_GCM("AES_256_GCM", Mode.GCM, 32, 32, 16, 16),
        CAMELLIA_128_GCM("CAMELLIA_128_GCM", Mode.GCM, 16, 16, 16, 16),
        CAMELLIA_256_GCM("CAMELLIA_256_GCM", Mode.GCM, 32, 32, 16, 16),
        ARIA_128_GCM("ARIA_128_GCM", Mode.GCM, 16, 16, 16, 16),
        ARIA_256_GCM("ARIA_256_GCM", Mode.GCM, 32, 32, 16, 16),
        AES_128_CCM_8("AES_128_CCM_8", Mode.CCM, 16, 16, 16, 8),
        AES_256_CCM_8("AES_256_CCM_8", Mode.CCM, 32, 32, 16, 8),
        AES_128_CCM("AES_128_CCM", Mode.CCM, 16, 16, 16, 16),
        AES_256_CCM("AES_256_CCM", Mode.CCM, 32, 32, 16, 16),
        CHACHA20_POLY1305("CHACHA20_POLY1305", Mode.POLY1305, 32, 32, 0, 16);

        final String label;
        final Mode mode;
        final int keyMaterial;
        final int key;
        final int block;
        final int tag;

        Bulk(String label, Mode mode, int keyMaterial, int key, int block, int tag) {
            this.label = label;
            this.mode = mode;
            this.keyMaterial = keyMaterial;
            this.key = key;
            this.block = block;
            this.tag = tag;
        }

        boolean aead() {
            return tag > 0;
        }
    }

    enum Mac {
        NONE("", 0),
        MD5("MD5", 16),
        SHA1("SHA1", 20),
        SHA256("SHA256", 32),
        SHA384("SHA384", 48);

        /** As in {@code HmacSHA1}. */
        final String label;

        final int length;

        Mac(String label, int length) {
            this.label = label;
            this.length = length;
        }
    }

    private static final Map<Integer, Suite> ALL = new HashMap<>();
    private static final Map<Integer, String> NAMES = new HashMap<>();

    /** The suite of that number, if it is one whose name says how it works. */
    static Optional<Suite> of(int id) {
        return Optional.ofNullable(ALL.get(id));
    }

    /** The name of a suite, with TLS_, or its number where it is not known. */
    static String name(int id) {
        String name = NAMES.get(id);
        return name == null ? String.format("0x%04x", id) : "TLS_" + name;
    }

    boolean export() {
        return exchange.contains("EXPORT");
    }

    /** Why a suite protects badly, or empty. */
    String weakness() {
        if (bulk == Bulk.NULL) return "the suite does not encrypt (" + name + ")";
        if (export()) return "export-grade suite (" + name + ")";
        if (exchange.contains("anon")) return "the server is not authenticated (" + name + ")";
        if (bulk.mode == Mode.STREAM) return "RC4 is broken (RFC 7465)";
        if (bulk == Bulk.DES) return "DES is broken";
        if (bulk.mode == Mode.CBC && bulk.block == 8)
            return "blocks of 64 bits are broken in long sessions (" + name + ")";
        return "";
    }

    private static Optional<Suite> parse(int id, String name) {
        int with = name.indexOf("WITH_");
        String exchange = with < 0 ? "" : name.substring(0, Math.max(0, with - 1));
        String rest = with < 0 ? name : name.substring(with + 5);
        Bulk bulk = null;
        for (Bulk b : Bulk.values()) {
            if (!rest.startsWith(b.label)) continue;
            if (bulk == null || b.label.length() > bulk.label.length()) bulk = b;
        }
        if (bulk == null) return Optional.empty();
        String hash = rest.substring(bulk.label.length());
        Mac mac =
                bulk.aead()
                        ? Mac.NONE
                        : switch (hash) {
                            case "_MD5" -> Mac.MD5;
                            case "_SHA" -> Mac.SHA1;
                            case "_SHA256" -> Mac.SHA256;
                            case "_SHA384" -> Mac.SHA384;
                            default -> Mac.NONE;
                        };
        if (!bulk.aead() && mac == Mac.NONE) return Optional.empty();
        return Optional.of(new Suite(id, name, exchange, bulk, mac, hash.equals("_SHA384")));
    }

    private static final String TABLE =
            """
            0001 RSA_WITH_NULL_MD5
            0002 RSA_WITH_NULL_SHA
            0003 RSA_EXPORT_WITH_RC4_40_MD5
            0004 RSA_WITH_RC4_128_MD5
            0005 RSA_WITH_RC4_128_SHA
            0006 RSA_EXPORT_WITH_RC2_CBC_40_MD5
            0007 RSA_WITH_IDEA_CBC_SHA
            0008 RSA_EXPORT_WITH_DES40_CBC_SHA
            0009 RSA_WITH_DES_CBC_SHA
            000a RSA_WITH_3DES_EDE_CBC_SHA
            000b DH_DSS_EXPORT_WITH_DES40_CBC_SHA
            000c DH_DSS_WITH_DES_CBC_SHA
            000d DH_DSS_WITH_3DES_EDE_CBC_SHA
            000e DH_RSA_EXPORT_WITH_DES40_CBC_SHA
            000f DH_RSA_WITH_DES_CBC_SHA
            0010 DH_RSA_WITH_3DES_EDE_CBC_SHA
            0011 DHE_DSS_EXPORT_WITH_DES40_CBC_SHA
            0012 DHE_DSS_WITH_DES_CBC_SHA
            0013 DHE_DSS_WITH_3DES_EDE_CBC_SHA
            0014 DHE_RSA_EXPORT_WITH_DES40_CBC_SHA
            0015 DHE_RSA_WITH_DES_CBC_SHA
            0016 DHE_RSA_WITH_3DES_EDE_CBC_SHA
            0017 DH_anon_EXPORT_WITH_RC4_40_MD5
            0018 DH_anon_WITH_RC4_128_MD5
            0019 DH_anon_EXPORT_WITH_DES40_CBC_SHA
            001a DH_anon_WITH_DES_CBC_SHA
            001b DH_anon_WITH_3DES_EDE_CBC_SHA
            001e KRB5_WITH_DES_CBC_SHA
            001f KRB5_WITH_3DES_EDE_CBC_SHA
            0020 KRB5_WITH_RC4_128_SHA
            0021 KRB5_WITH_IDEA_CBC_SHA
            0022 KRB5_WITH_DES_CBC_MD5
            0023 KRB5_WITH_3DES_EDE_CBC_MD5
            0024 KRB5_WITH_RC4_128_MD5
            0025 KRB5_WITH_IDEA_CBC_MD5
            0026 KRB5_EXPORT_WITH_DES_CBC_40_SHA
            0027 KRB5_EXPORT_WITH_RC2_CBC_40_SHA
            0028 KRB5_EXPORT_WITH_RC4_40_SHA
            0029 KRB5_EXPORT_WITH_DES_CBC_40_MD5
            002a KRB5_EXPORT_WITH_RC2_CBC_40_MD5
            002b KRB5_EXPORT_WITH_RC4_40_MD5
            002c PSK_WITH_NULL_SHA
            002d DHE_PSK_WITH_NULL_SHA
            002e RSA_PSK_WITH_NULL_SHA
            002f RSA_WITH_AES_128_CBC_SHA
            0030 DH_DSS_WITH_AES_128_CBC_SHA
            0031 DH_RSA_WITH_AES_128_CBC_SHA
            0032 DHE_DSS_WITH_AES_128_CBC_SHA
            0033 DHE_RSA_WITH_AES_128_CBC_SHA
            0034 DH_anon_WITH_AES_128_CBC_SHA
            0035 RSA_WITH_AES_256_CBC_SHA
            0036 DH_DSS_WITH_AES_256_CBC_SHA
            0037 DH_RSA_WITH_AES_256_CBC_SHA
            0038 DHE_DSS_WITH_AES_256_CBC_SHA
            0039 DHE_RSA_WITH_AES_256_CBC_SHA
            003a DH_anon_WITH_AES_256_CBC_SHA
            003b RSA_WITH_NULL_SHA256
            003c RSA_WITH_AES_128_CBC_SHA256
            003d RSA_WITH_AES_256_CBC_SHA256
            003e DH_DSS_WITH_AES_128_CBC_SHA256
            003f DH_RSA_WITH_AES_128_CBC_SHA256
            0040 DHE_DSS_WITH_AES_128_CBC_SHA256
            0041 RSA_WITH_CAMELLIA_128_CBC_SHA
            0042 DH_DSS_WITH_CAMELLIA_128_CBC_SHA
            0043 DH_RSA_WITH_CAMELLIA_128_CBC_SHA
            0044 DHE_DSS_WITH_CAMELLIA_128_CBC_SHA
            0045 DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
            0046 DH_anon_WITH_CAMELLIA_128_CBC_SHA
            0060 RSA_EXPORT1024_WITH_RC4_56_MD5
            0061 RSA_EXPORT1024_WITH_RC2_CBC_56_MD5
            0062 RSA_EXPORT1024_WITH_DES_CBC_SHA
            0063 DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA
            0064 RSA_EXPORT1024_WITH_RC4_56_SHA
            0065 DHE_DSS_EXPORT1024_WITH_RC4_56_SHA
            0066 DHE_DSS_WITH_RC4_128_SHA
            0067 DHE_RSA_WITH_AES_128_CBC_SHA256
            0068 DH_DSS_WITH_AES_256_CBC_SHA256
            0069 DH_RSA_WITH_AES_256_CBC_SHA256
            006a DHE_DSS_WITH_AES_256_CBC_SHA256
            006b DHE_RSA_WITH_AES_256_CBC_SHA256
            006c DH_anon_WITH_AES_128_CBC_SHA256
            006d DH_anon_WITH_AES_256_CBC_SHA256
            0084 RSA_WITH_CAMELLIA_256_CBC_SHA
            0085 DH_DSS_WITH_CAMELLIA_256_CBC_SHA
            0086 DH_RSA_WITH_CAMELLIA_256_CBC_SHA
            0087 DHE_DSS_WITH_CAMELLIA_256_CBC_SHA
            0088 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
            0089 DH_anon_WITH_CAMELLIA_256_CBC_SHA
            008a PSK_WITH_RC4_128_SHA
            008b PSK_WITH_3DES_EDE_CBC_SHA
            008c PSK_WITH_AES_128_CBC_SHA
            008d PSK_WITH_AES_256_CBC_SHA
            008e DHE_PSK_WITH_RC4_128_SHA
            008f DHE_PSK_WITH_3DES_EDE_CBC_SHA
            0090 DHE_PSK_WITH_AES_128_CBC_SHA
            0091 DHE_PSK_WITH_AES_256_CBC_SHA
            0092 RSA_PSK_WITH_RC4_128_SHA
            0093 RSA_PSK_WITH_3DES_EDE_CBC_SHA
            0094 RSA_PSK_WITH_AES_128_CBC_SHA
            0095 RSA_PSK_WITH_AES_256_CBC_SHA
            0096 RSA_WITH_SEED_CBC_SHA
            0097 DH_DSS_WITH_SEED_CBC_SHA
            0098 DH_RSA_WITH_SEED_CBC_SHA
            0099 DHE_DSS_WITH_SEED_CBC_SHA
            009a DHE_RSA_WITH_SEED_CBC_SHA
            009b DH_anon_WITH_SEED_CBC_SHA
            009c RSA_WITH_AES_128_GCM_SHA256
            009d RSA_WITH_AES_256_GCM_SHA384
            009e DHE_RSA_WITH_AES_128_GCM_SHA256
            009f DHE_RSA_WITH_AES_256_GCM_SHA384
            00a0 DH_RSA_WITH_AES_128_GCM_SHA256
            00a1 DH_RSA_WITH_AES_256_GCM_SHA384
            00a2 DHE_DSS_WITH_AES_128_GCM_SHA256
            00a3 DHE_DSS_WITH_AES_256_GCM_SHA384
            00a4 DH_DSS_WITH_AES_128_GCM_SHA256
            00a5 DH_DSS_WITH_AES_256_GCM_SHA384
            00a6 DH_anon_WITH_AES_128_GCM_SHA256
            00a7 DH_anon_WITH_AES_256_GCM_SHA384
            00a8 PSK_WITH_AES_128_GCM_SHA256
            00a9 PSK_WITH_AES_256_GCM_SHA384
            00aa DHE_PSK_WITH_AES_128_GCM_SHA256
            00ab DHE_PSK_WITH_AES_256_GCM_SHA384
            00ac RSA_PSK_WITH_AES_128_GCM_SHA256
            00ad RSA_PSK_WITH_AES_256_GCM_SHA384
            00ae PSK_WITH_AES_128_CBC_SHA256
            00af PSK_WITH_AES_256_CBC_SHA384
            00b0 PSK_WITH_NULL_SHA256
            00b1 PSK_WITH_NULL_SHA384
            00b2 DHE_PSK_WITH_AES_128_CBC_SHA256
            00b3 DHE_PSK_WITH_AES_256_CBC_SHA384
            00b4 DHE_PSK_WITH_NULL_SHA256
            00b5 DHE_PSK_WITH_NULL_SHA384
            00b6 RSA_PSK_WITH_AES_128_CBC_SHA256
            00b7 RSA_PSK_WITH_AES_256_CBC_SHA384
            00b8 RSA_PSK_WITH_NULL_SHA256
            00b9 RSA_PSK_WITH_NULL_SHA384
            00ba RSA_WITH_CAMELLIA_128_CBC_SHA256
            00bb DH_DSS_WITH_CAMELLIA_128_CBC_SHA256
            00bc DH_RSA_WITH_CAMELLIA_128_CBC_SHA256
            00bd DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256
            00be DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
            00bf DH_anon_WITH_CAMELLIA_128_CBC_SHA256
            00c0 RSA_WITH_CAMELLIA_256_CBC_SHA256
            00c1 DH_DSS_WITH_CAMELLIA_256_CBC_SHA256
            00c2 DH_RSA_WITH_CAMELLIA_256_CBC_SHA256
            00c3 DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256
            00c4 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256
            00c5 DH_anon_WITH_CAMELLIA_256_CBC_SHA256
            00c6 SM4_GCM_SM3
            00c7 SM4_CCM_SM3
            1301 AES_128_GCM_SHA256
            1302 AES_256_GCM_SHA384
            1303 CHACHA20_POLY1305_SHA256
            1304 AES_128_CCM_SHA256
            1305 AES_128_CCM_8_SHA256
            c001 ECDH_ECDSA_WITH_NULL_SHA
            c002 ECDH_ECDSA_WITH_RC4_128_SHA
            c003 ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA
            c004 ECDH_ECDSA_WITH_AES_128_CBC_SHA
            c005 ECDH_ECDSA_WITH_AES_256_CBC_SHA
            c006 ECDHE_ECDSA_WITH_NULL_SHA
            c007 ECDHE_ECDSA_WITH_RC4_128_SHA
            c008 ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
            c009 ECDHE_ECDSA_WITH_AES_128_CBC_SHA
            c00a ECDHE_ECDSA_WITH_AES_256_CBC_SHA
            c00b ECDH_RSA_WITH_NULL_SHA
            c00c ECDH_RSA_WITH_RC4_128_SHA
            c00d ECDH_RSA_WITH_3DES_EDE_CBC_SHA
            c00e ECDH_RSA_WITH_AES_128_CBC_SHA
            c00f ECDH_RSA_WITH_AES_256_CBC_SHA
            c010 ECDHE_RSA_WITH_NULL_SHA
            c011 ECDHE_RSA_WITH_RC4_128_SHA
            c012 ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
            c013 ECDHE_RSA_WITH_AES_128_CBC_SHA
            c014 ECDHE_RSA_WITH_AES_256_CBC_SHA
            c015 ECDH_anon_WITH_NULL_SHA
            c016 ECDH_anon_WITH_RC4_128_SHA
            c017 ECDH_anon_WITH_3DES_EDE_CBC_SHA
            c018 ECDH_anon_WITH_AES_128_CBC_SHA
            c019 ECDH_anon_WITH_AES_256_CBC_SHA
            c01a SRP_SHA_WITH_3DES_EDE_CBC_SHA
            c01b SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA
            c01c SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA
            c01d SRP_SHA_WITH_AES_128_CBC_SHA
            c01e SRP_SHA_RSA_WITH_AES_128_CBC_SHA
            c01f SRP_SHA_DSS_WITH_AES_128_CBC_SHA
            c020 SRP_SHA_WITH_AES_256_CBC_SHA
            c021 SRP_SHA_RSA_WITH_AES_256_CBC_SHA
            c022 SRP_SHA_DSS_WITH_AES_256_CBC_SHA
            c023 ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
            c024 ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
            c025 ECDH_ECDSA_WITH_AES_128_CBC_SHA256
            c026 ECDH_ECDSA_WITH_AES_256_CBC_SHA384
            c027 ECDHE_RSA_WITH_AES_128_CBC_SHA256
            c028 ECDHE_RSA_WITH_AES_256_CBC_SHA384
            c029 ECDH_RSA_WITH_AES_128_CBC_SHA256
            c02a ECDH_RSA_WITH_AES_256_CBC_SHA384
            c02b ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            c02c ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            c02d ECDH_ECDSA_WITH_AES_128_GCM_SHA256
            c02e ECDH_ECDSA_WITH_AES_256_GCM_SHA384
            c02f ECDHE_RSA_WITH_AES_128_GCM_SHA256
            c030 ECDHE_RSA_WITH_AES_256_GCM_SHA384
            c031 ECDH_RSA_WITH_AES_128_GCM_SHA256
            c032 ECDH_RSA_WITH_AES_256_GCM_SHA384
            c033 ECDHE_PSK_WITH_RC4_128_SHA
            c034 ECDHE_PSK_WITH_3DES_EDE_CBC_SHA
            c035 ECDHE_PSK_WITH_AES_128_CBC_SHA
            c036 ECDHE_PSK_WITH_AES_256_CBC_SHA
            c037 ECDHE_PSK_WITH_AES_128_CBC_SHA256
            c038 ECDHE_PSK_WITH_AES_256_CBC_SHA384
            c039 ECDHE_PSK_WITH_NULL_SHA
            c03a ECDHE_PSK_WITH_NULL_SHA256
            c03b ECDHE_PSK_WITH_NULL_SHA384
            c03c RSA_WITH_ARIA_128_CBC_SHA256
            c03d RSA_WITH_ARIA_256_CBC_SHA384
            c03e DH_DSS_WITH_ARIA_128_CBC_SHA256
            c03f DH_DSS_WITH_ARIA_256_CBC_SHA384
            c040 DH_RSA_WITH_ARIA_128_CBC_SHA256
            c041 DH_RSA_WITH_ARIA_256_CBC_SHA384
            c042 DHE_DSS_WITH_ARIA_128_CBC_SHA256
            c043 DHE_DSS_WITH_ARIA_256_CBC_SHA384
            c044 DHE_RSA_WITH_ARIA_128_CBC_SHA256
            c045 DHE_RSA_WITH_ARIA_256_CBC_SHA384
            c046 DH_anon_WITH_ARIA_128_CBC_SHA256
            c047 DH_anon_WITH_ARIA_256_CBC_SHA384
            c048 ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256
            c049 ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384
            c04a ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256
            c04b ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384
            c04c ECDHE_RSA_WITH_ARIA_128_CBC_SHA256
            c04d ECDHE_RSA_WITH_ARIA_256_CBC_SHA384
            c04e ECDH_RSA_WITH_ARIA_128_CBC_SHA256
            c04f ECDH_RSA_WITH_ARIA_256_CBC_SHA384
            c050 RSA_WITH_ARIA_128_GCM_SHA256
            c051 RSA_WITH_ARIA_256_GCM_SHA384
            c052 DHE_RSA_WITH_ARIA_128_GCM_SHA256
            c053 DHE_RSA_WITH_ARIA_256_GCM_SHA384
            c054 DH_RSA_WITH_ARIA_128_GCM_SHA256
            c055 DH_RSA_WITH_ARIA_256_GCM_SHA384
            c056 DHE_DSS_WITH_ARIA_128_GCM_SHA256
            c057 DHE_DSS_WITH_ARIA_256_GCM_SHA384
            c058 DH_DSS_WITH_ARIA_128_GCM_SHA256
            c059 DH_DSS_WITH_ARIA_256_GCM_SHA384
            c05a DH_anon_WITH_ARIA_128_GCM_SHA256
            c05b DH_anon_WITH_ARIA_256_GCM_SHA384
            c05c ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256
            c05d ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384
            c05e ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256
            c05f ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384
            c060 ECDHE_RSA_WITH_ARIA_128_GCM_SHA256
            c061 ECDHE_RSA_WITH_ARIA_256_GCM_SHA384
            c062 ECDH_RSA_WITH_ARIA_128_GCM_SHA256
            c063 ECDH_RSA_WITH_ARIA_256_GCM_SHA384
            c064 PSK_WITH_ARIA_128_CBC_SHA256
            c065 PSK_WITH_ARIA_256_CBC_SHA384
            c066 DHE_PSK_WITH_ARIA_128_CBC_SHA256
            c067 DHE_PSK_WITH_ARIA_256_CBC_SHA384
            c068 RSA_PSK_WITH_ARIA_128_CBC_SHA256
            c069 RSA_PSK_WITH_ARIA_256_CBC_SHA384
            c06a PSK_WITH_ARIA_128_GCM_SHA256
            c06b PSK_WITH_ARIA_256_GCM_SHA384
            c06c DHE_PSK_WITH_ARIA_128_GCM_SHA256
            c06d DHE_PSK_WITH_ARIA_256_GCM_SHA384
            c06e RSA_PSK_WITH_ARIA_128_GCM_SHA256
            c06f RSA_PSK_WITH_ARIA_256_GCM_SHA384
            c070 ECDHE_PSK_WITH_ARIA_128_CBC_SHA256
            c071 ECDHE_PSK_WITH_ARIA_256_CBC_SHA384
            c072 ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256
            c073 ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384
            c074 ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256
            c075 ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384
            c076 ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
            c077 ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384
            c078 ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256
            c079 ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384
            c07a RSA_WITH_CAMELLIA_128_GCM_SHA256
            c07b RSA_WITH_CAMELLIA_256_GCM_SHA384
            c07c DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256
            c07d DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384
            c07e DH_RSA_WITH_CAMELLIA_128_GCM_SHA256
            c07f DH_RSA_WITH_CAMELLIA_256_GCM_SHA384
            c080 DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256
            c081 DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384
            c082 DH_DSS_WITH_CAMELLIA_128_GCM_SHA256
            c083 DH_DSS_WITH_CAMELLIA_256_GCM_SHA384
            c084 DH_anon_WITH_CAMELLIA_128_GCM_SHA256
            c085 DH_anon_WITH_CAMELLIA_256_GCM_SHA384
            c086 ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256
            c087 ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384
            c088 ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256
            c089 ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384
            c08a ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256
            c08b ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384
            c08c ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256
            c08d ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384
            c08e PSK_WITH_CAMELLIA_128_GCM_SHA256
            c08f PSK_WITH_CAMELLIA_256_GCM_SHA384
            c090 DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256
            c091 DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384
            c092 RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256
            c093 RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384
            c094 PSK_WITH_CAMELLIA_128_CBC_SHA256
            c095 PSK_WITH_CAMELLIA_256_CBC_SHA384
            c096 DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
            c097 DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
            c098 RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256
            c099 RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384
            c09a ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
            c09b ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
            c09c RSA_WITH_AES_128_CCM
            c09d RSA_WITH_AES_256_CCM
            c09e DHE_RSA_WITH_AES_128_CCM
            c09f DHE_RSA_WITH_AES_256_CCM
            c0a0 RSA_WITH_AES_128_CCM_8
            c0a1 RSA_WITH_AES_256_CCM_8
            c0a2 DHE_RSA_WITH_AES_128_CCM_8
            c0a3 DHE_RSA_WITH_AES_256_CCM_8
            c0a4 PSK_WITH_AES_128_CCM
            c0a5 PSK_WITH_AES_256_CCM
            c0a6 DHE_PSK_WITH_AES_128_CCM
            c0a7 DHE_PSK_WITH_AES_256_CCM
            c0a8 PSK_WITH_AES_128_CCM_8
            c0a9 PSK_WITH_AES_256_CCM_8
            c0aa PSK_DHE_WITH_AES_128_CCM_8
            c0ab PSK_DHE_WITH_AES_256_CCM_8
            c0ac ECDHE_ECDSA_WITH_AES_128_CCM
            c0ad ECDHE_ECDSA_WITH_AES_256_CCM
            c0ae ECDHE_ECDSA_WITH_AES_128_CCM_8
            c0af ECDHE_ECDSA_WITH_AES_256_CCM_8
            c0b0 ECCPWD_WITH_AES_128_GCM_SHA256
            c0b1 ECCPWD_WITH_AES_256_GCM_SHA384
            c0b2 ECCPWD_WITH_AES_128_CCM_SHA256
            c0b3 ECCPWD_WITH_AES_256_CCM_SHA384
            c0ff ECJPAKE_WITH_AES_128_CCM_8
            cca8 ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
            cca9 ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            ccaa DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
            ccab PSK_WITH_CHACHA20_POLY1305_SHA256
            ccac ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256
            ccad DHE_PSK_WITH_CHACHA20_POLY1305_SHA256
            ccae RSA_PSK_WITH_CHACHA20_POLY1305_SHA256
            d001 ECDHE_PSK_WITH_AES_128_GCM_SHA256
            d002 ECDHE_PSK_WITH_AES_256_GCM_SHA384
            d003 ECDHE_PSK_WITH_AES_128_CCM_8_SHA256
            d005 ECDHE_PSK_WITH_AES_128_CCM_SHA256
            fefe RSA_FIPS_WITH_DES_CBC_SHA
            feff RSA_FIPS_WITH_3DES_EDE_CBC_SHA
            ffe0 RSA_FIPS_WITH_3DES_EDE_CBC_SHA
            ffe1 RSA_FIPS_WITH_DES_CBC_SHA
            """;

    static {
        TABLE.lines()
                .forEach(line -> {
                    int id = Integer.parseInt(line.substring(0, 4), 16);
                    NAMES.put(id, line.substring(5));
                    parse(id, line.substring(5)).ifPresent(s -> ALL.put(id, s));
                });
    }
}
