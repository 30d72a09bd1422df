/** Reference data from outside: the bundled packs' converters, and the user's data folder. */
@NullMarked
package dev.telltale.data;

import org.jspecify.annotations.NullMarked;
