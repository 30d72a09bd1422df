@NullMarked
package dev.telltale.compare;

import org.jspecify.annotations.NullMarked;
