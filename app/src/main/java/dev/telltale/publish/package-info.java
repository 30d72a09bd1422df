/** Advisories for the people who use a phone: written, put into feeds, sent to subscribers. */
@NullMarked
package dev.telltale.publish;

import org.jspecify.annotations.NullMarked;
