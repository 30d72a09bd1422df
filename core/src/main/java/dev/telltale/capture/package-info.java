/**
 * Opens capture files: {@link dev.telltale.capture.CaptureFiles} tells the format by content, the
 * format's own class reads it.
 */
@NullMarked
package dev.telltale.capture;

import org.jspecify.annotations.NullMarked;
