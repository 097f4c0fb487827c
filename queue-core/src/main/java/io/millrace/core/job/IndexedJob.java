package io.millrace.core.job;

import io.millrace.protocol.QueueName;

/**
 * What the index should hold of an unfinished job, by its row.
 *
 * @param queue where it waits
 * @param entry the row's id, priority and fence
 * @param timeMillis when it may run, or since when it may, unix ms
 * @param ahead whether that time may still be ahead. Where it has come by PostgreSQL's clock, Redis' clock is not asked
 *     again: the two may differ, and a job that may run must not wait for the slower one.
 */
public record IndexedJob(QueueName queue, Entry entry, long timeMillis, boolean ahead) {

    /** A job that waits until a time. */
    public static IndexedJob waiting(QueueName queue, Entry entry, long timeMillis) {
        return new IndexedJob(queue, entry, timeMillis, true);
    }

    /** A job that may run since a time. */
    public static IndexedJob runnable(QueueName queue, Entry entry, long sinceMillis) {
        return new IndexedJob(queue, entry, sinceMillis, false);
    }

    /** The same as one that may run since another time. */
    public IndexedJob since(long sinceMillis) {
        return runnable(queue, entry, sinceMillis);
    }
}
