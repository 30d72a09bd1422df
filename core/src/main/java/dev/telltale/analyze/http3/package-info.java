/** HTTP/3 (RFC 9114) and QPACK (RFC 9204), as a passer-by reads them. */
@NullMarked
package dev.telltale.analyze.http3;

import org.jspecify.annotations.NullMarked;
