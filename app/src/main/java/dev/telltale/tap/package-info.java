/**
 * What the lab and the recorder share: a certificate authority, key logs, and the pcapng they write
 * with keys and run in it.
 */
@NullMarked
package dev.telltale.tap;

import org.jspecify.annotations.NullMarked;
