/** HTTP/2 (RFC 9113) and HPACK (RFC 7541), as a passer-by reads them. */
@NullMarked
package dev.telltale.analyze.http2;

import org.jspecify.annotations.NullMarked;
