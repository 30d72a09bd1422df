@NullMarked
package dev.telltale.decode;

import org.jspecify.annotations.NullMarked;
