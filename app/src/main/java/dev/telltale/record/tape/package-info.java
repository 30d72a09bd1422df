/** What passed, as a pcapng that is whole at every second. */
@NullMarked
package dev.telltale.record.tape;

import org.jspecify.annotations.NullMarked;
