package io.millrace.core.job;

import io.millrace.protocol.QueueName;

/**
 * What the index should hold of an unfinished job, by its row.
 *
 * @param queue where it waits
 * @param entry the row's id, priority and fence
 * @param timeMillis when it may run, unix ms
 */
public record IndexedJob(QueueName queue, Entry entry, long timeMillis) {}
