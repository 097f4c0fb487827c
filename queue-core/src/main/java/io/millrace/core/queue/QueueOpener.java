package io.millrace.core.queue;

import io.millrace.core.postgres.QueueRows;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.QueueName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens queues. A queue's row must exist before its first job; its index may follow when Redis is back. Safe for any
 * number of threads and nodes: of two openings the first one stands.
 */
public final class QueueOpener {

    private static final Logger log = LoggerFactory.getLogger(QueueOpener.class);

    private final QueueRows rows;
    private final QueueIndex index;
    private final Epochs epochs;
    private final Set<QueueName> prepared = ConcurrentHashMap.newKeySet();
    private final ReentrantLock opening = new ReentrantLock();

    /** Opens queues with these rows, in this index. */
    public QueueOpener(QueueRows rows, QueueIndex index, Epochs epochs) {
        this.rows = rows;
        this.index = index;
        this.epochs = epochs;
    }

    /** Makes sure that a queue exists; after the first time this costs nothing. */
    public void prepare(QueueName queue) {
        if (prepared.contains(queue)) {
            return;
        }
        // Two batches may bring a new queue at once: the second waits for the number, or its jobs would be indexed
        // late.
        opening.lock();
        try {
            if (!prepared.contains(queue)) {
                rows.ensure(queue);
                openIfAbsent(queue);
                prepared.add(queue);
            }
        } finally {
            opening.unlock();
        }
    }

    private void openIfAbsent(QueueName queue) {
        try {
            open(queue);
            index.announce(queue);
        } catch (IndexUnavailableException e) {
            log.debug("the index of {} is opened when Redis is back: {}", queue, e.getMessage());
        }
    }

    /**
     * Opens a queue's index under the next number, emptied, unless one holds. In one process a caretaker and a first
     * submit take turns: a second opening would empty what was pushed under the first.
     */
    public void open(QueueName queue) {
        opening.lock();
        try {
            if (!epochs.read(queue).holds()) {
                openNext(queue);
            }
        } finally {
            opening.unlock();
        }
    }

    private void openNext(QueueName queue) {
        QueueRows.Epoch epoch = rows.raiseEpoch(queue);
        // Before it opens, or a paused queue would be handed out for a moment.
        index.writeSettings(queue, epoch.dispatch());
        epochs.open(queue, epoch.number());
        index.announce(queue);
        epochs.read(queue);
        log.info("opened the index of queue {} as number {}", queue, epoch.number());
    }
}
