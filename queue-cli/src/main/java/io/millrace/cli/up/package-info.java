/**
 * The platform on one machine: Redis, PostgreSQL, a mail sink, the API and the workers, each a process of its own but
 * the mail sink.
 *
 * <p>It promises that the data outlives every stop, in order or not; that a part which dies is started again; that a stop
 * leaves no process behind; and that what a crashed run left is cleared away by the next one. Secrets travel in files
 * that only this user may read, never on a command line. It must not know what jobs are.
 */
@NullMarked
package io.millrace.cli.up;

import org.jspecify.annotations.NullMarked;
