/** The command line: options in, exit code out; all work is core's and the reports'. */
@NullMarked
package dev.telltale.cli;

import org.jspecify.annotations.NullMarked;
