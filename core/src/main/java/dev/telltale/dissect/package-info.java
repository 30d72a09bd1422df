/** Packets in, flows of stream events out: link layers, IP, fragments, TCP reassembly, UDP. */
@NullMarked
package dev.telltale.dissect;

import org.jspecify.annotations.NullMarked;
