/**
 * What lets others check an audit: the evidence walked again with codecs of other people's making,
 * the manifest, its signature and time stamp, the custody log, the bundle. Touches files.
 */
@NullMarked
package dev.telltale.proof;

import org.jspecify.annotations.NullMarked;
