@NullMarked
package dev.telltale.bytes.codec;

import org.jspecify.annotations.NullMarked;
