/**
 * QUIC (RFC 9000, RFC 9001, RFC 9369) as a passer-by reads it: packets of one or several flows
 * become a connection, what a key opens becomes streams, and these what their protocol makes of
 * them.
 */
@NullMarked
package dev.telltale.analyze.quic;

import org.jspecify.annotations.NullMarked;
