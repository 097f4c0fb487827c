/**
 * The words both sides of the wire share: ids, names, states, limits, error codes, and the records of requests and
 * answers. Everything here is plain JDK, immutable and safe to share between threads. It knows nothing about HTTP
 * servers, PostgreSQL or Redis.
 */
@NullMarked
package io.millrace.protocol;

import org.jspecify.annotations.NullMarked;
