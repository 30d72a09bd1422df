/** What the tester does, step by step, with its instants. */
@NullMarked
package dev.telltale.record.guide;

import org.jspecify.annotations.NullMarked;
