@NullMarked
package dev.telltale.bytes;

import org.jspecify.annotations.NullMarked;
