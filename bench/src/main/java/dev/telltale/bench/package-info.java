@NullMarked
package dev.telltale.bench;

import org.jspecify.annotations.NullMarked;
