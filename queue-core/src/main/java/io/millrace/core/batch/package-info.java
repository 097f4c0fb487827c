/**
 * Group commit: while one batch is on its way to its store, the next one gathers. The same piece serves accepting,
 * finishing and the pushes to Redis; it knows none of them.
 */
@NullMarked
package io.millrace.core.batch;

import org.jspecify.annotations.NullMarked;
