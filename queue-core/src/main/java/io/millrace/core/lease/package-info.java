/**
 * A worker's hold on the jobs it has claimed: what it may still begin, what it renews, what it has lost. It knows the
 * index and its own monotonic clock, not the rows.
 */
@NullMarked
package io.millrace.core.lease;

import org.jspecify.annotations.NullMarked;
