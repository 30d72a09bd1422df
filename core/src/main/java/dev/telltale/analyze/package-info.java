/**
 * Step 5: stream events of a flow become exchanges. {@link Analyzers} is the entry; what a flow
 * speaks is told by its content, and {@link StreamProtocols} is the list of what is known.
 */
@NullMarked
package dev.telltale.analyze;

import org.jspecify.annotations.NullMarked;
