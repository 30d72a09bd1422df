package dev.telltale.lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The firmware's short name for a device: the first 16 characters of base64url of SHA-1. */
final class DeviceHash {
    private DeviceHash() {}

    static String of(String value) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(value.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().encodeToString(digest).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
