/**
 * The live picture for whoever watches: one sampler a process, which works only while somebody listens, and a stream of
 * server-sent events for each listener. A slow listener misses pictures; it never holds up the others.
 */
@NullMarked
package io.millrace.api.events;

import org.jspecify.annotations.NullMarked;
