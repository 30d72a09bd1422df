package dev.telltale.lab;

/** The firmware's short name for a device: the first 16 characters of base64url of SHA-1. */
final class DeviceHash {
    private DeviceHash() {}

    static String of(String value) {
        return Codecs.base64Url(Codecs.digest("SHA-1", value)).substring(0, 16);
    }
}
