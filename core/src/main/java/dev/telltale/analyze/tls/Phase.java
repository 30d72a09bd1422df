package dev.telltale.analyze.tls;

/**
 * A time during which one side uses one key.
 *
 * @param secret traffic secret of TLS 1.3 that the next key is made of, else empty
 * @param last true where a KeyUpdate may follow at any time
 */
record Phase(Opener opener, byte[] secret, boolean last) {}
