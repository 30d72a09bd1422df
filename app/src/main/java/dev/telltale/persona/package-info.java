/** Makes up personas, and what it takes to load one onto a phone. */
@NullMarked
package dev.telltale.persona;

import org.jspecify.annotations.NullMarked;
