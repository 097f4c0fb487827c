/**
 * The Java SDK for producers and operators: submit jobs, wait for them, find, change, cancel and redrive them, steer queues.
 * It speaks the REST contract and nothing else, needs Java 17, the JDK's HTTP client and Jackson, and depends on the shared
 * words of {@link io.millrace.protocol}. {@link io.millrace.client.Millrace} is the way in.
 *
 * <p>It promises that a submit which returned is an accepted job, and that its own repeats never make a second one:
 * every submit carries an idempotency key. It must know nothing of PostgreSQL, Redis, workers or any other inside of the
 * service.
 */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
