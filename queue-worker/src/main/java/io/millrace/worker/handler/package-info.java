/**
 * What users of the worker library implement and see: the handler, its context, and the ways a handler steers the fate
 * of its job. It knows nothing of leases, Redis or PostgreSQL.
 */
@NullMarked
package io.millrace.worker.handler;

import org.jspecify.annotations.NullMarked;
