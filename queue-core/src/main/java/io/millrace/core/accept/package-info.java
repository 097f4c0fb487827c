/**
 * Where a job is accepted: idempotency key and row are committed in PostgreSQL by group commit, then the id is handed to
 * Redis. A job that was answered as accepted is on disk; whether Redis has it yet does not matter, the sweeper sees to
 * that.
 */
@NullMarked
package io.millrace.core.accept;

import org.jspecify.annotations.NullMarked;
