/**
 * Sends mails: the handler of {@code email.send}, its configuration, and the sink, a small local mail server that keeps
 * mails as files where no real one is configured. What it promises: nothing in a payload can add a header or a recipient,
 * a mail goes to all its recipients or to none, and every attempt of a job carries the same Message-ID. It knows nothing
 * of queues, leases and databases.
 */
@NullMarked
package io.millrace.worker.email;

import org.jspecify.annotations.NullMarked;
