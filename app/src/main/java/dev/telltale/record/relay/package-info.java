/** From the phone to the servers and back: doors, TLS at both ends, bytes in between. */
@NullMarked
package dev.telltale.record.relay;

import org.jspecify.annotations.NullMarked;
