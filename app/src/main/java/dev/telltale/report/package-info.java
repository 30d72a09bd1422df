/** What people and machines read: written from the Audit alone. */
@NullMarked
package dev.telltale.report;

import org.jspecify.annotations.NullMarked;
