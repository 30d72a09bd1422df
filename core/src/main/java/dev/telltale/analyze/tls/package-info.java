/** TLS and DTLS, so far without keys: what their records show to everyone on the way. */
@NullMarked
package dev.telltale.analyze.tls;

import org.jspecify.annotations.NullMarked;
