/** Records a phone's traffic while it passes, with keys. */
@NullMarked
package dev.telltale.record;

import org.jspecify.annotations.NullMarked;
