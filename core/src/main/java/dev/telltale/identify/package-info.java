/** Persona file to identifiers, identifiers to forms, all forms to one multi-pattern scan. */
@NullMarked
package dev.telltale.identify;

import org.jspecify.annotations.NullMarked;
