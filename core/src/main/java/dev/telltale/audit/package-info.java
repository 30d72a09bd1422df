@NullMarked
package dev.telltale.audit;

import org.jspecify.annotations.NullMarked;
