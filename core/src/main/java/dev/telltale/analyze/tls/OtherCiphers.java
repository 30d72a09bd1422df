package dev.telltale.analyze.tls;

import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.ARIAEngine;
import org.bouncycastle.crypto.engines.CamelliaEngine;
import org.bouncycastle.crypto.engines.IDEAEngine;
import org.bouncycastle.crypto.engines.RC2Engine;
import org.bouncycastle.crypto.engines.SEEDEngine;
import org.bouncycastle.crypto.modes.AEADBlockCipher;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.params.RC2Parameters;

/** Ciphers that the JDK has not, by Bouncy Castle; loaded only where a flow uses one. */
final class OtherCiphers {
    private OtherCiphers() {}

    static AeadOpener.Cipher aead(Suite.Bulk bulk, byte[] key) {
        BlockCipher engine = engine(bulk);
        AEADBlockCipher mode =
                bulk.mode == Suite.Mode.CCM
                        ? CCMBlockCipher.newInstance(engine)
                        : GCMBlockCipher.newInstance(engine);
        KeyParameter k = new KeyParameter(key);
        return (nonce, aad, b, from, length, out) -> {
            try {
                mode.init(false, new AEADParameters(k, 8 * bulk.tag, nonce.clone(), aad.clone()));
                int n = mode.processBytes(b, from, length, out, 0);
                return n + mode.doFinal(out, n);
            } catch (InvalidCipherTextException e) {
                return -1;
            }
        };
    }

    static CbcOpener.Cipher cbc(Suite.Bulk bulk, byte[] key) {
        CBCModeCipher mode = CBCBlockCipher.newInstance(engine(bulk));
        CipherParameters k =
                bulk == Suite.Bulk.RC2_40 || bulk == Suite.Bulk.RC2_56
                        ? new RC2Parameters(key, 8 * key.length)
                        : new KeyParameter(key);
        return (iv, b, from, length, out) -> {
            mode.init(false, new ParametersWithIV(k, iv));
            for (int i = 0; i < length; i += bulk.block) mode.processBlock(b, from + i, out, i);
        };
    }

    private static BlockCipher engine(Suite.Bulk bulk) {
        return switch (bulk) {
            case CAMELLIA_128_CBC, CAMELLIA_256_CBC, CAMELLIA_128_GCM, CAMELLIA_256_GCM ->
                    new CamelliaEngine();
            case ARIA_128_CBC, ARIA_256_CBC, ARIA_128_GCM, ARIA_256_GCM -> new ARIAEngine();
            case SEED_CBC -> new SEEDEngine();
            case IDEA -> new IDEAEngine();
            case RC2_40, RC2_56 -> new RC2Engine();
            default -> AESEngine.newInstance();
        };
    }
}
