@NullMarked
package dev.telltale.attribute;

import org.jspecify.annotations.NullMarked;
