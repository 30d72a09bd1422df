/**
 * A simulated handset and vendor cloud that talk over real loopback sockets, recorded as a capture.
 * What they send is encoded here, never by core, so that a mistake in core cannot cancel itself
 * out.
 */
@NullMarked
package dev.telltale.lab;

import org.jspecify.annotations.NullMarked;
