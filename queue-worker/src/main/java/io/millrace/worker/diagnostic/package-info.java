/** Handlers for benches, fault experiments and people who try the system. Off unless a setting turns them on. */
@NullMarked
package io.millrace.worker.diagnostic;

import org.jspecify.annotations.NullMarked;
