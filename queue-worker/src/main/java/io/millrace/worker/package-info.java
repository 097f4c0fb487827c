/**
 * The worker: a library that runs handlers of one's own, and the process that runs those that Millrace brings along.
 * Only wiring lives here.
 */
@NullMarked
package io.millrace.worker;

import org.jspecify.annotations.NullMarked;
