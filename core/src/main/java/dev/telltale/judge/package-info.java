@NullMarked
package dev.telltale.judge;

import org.jspecify.annotations.NullMarked;
