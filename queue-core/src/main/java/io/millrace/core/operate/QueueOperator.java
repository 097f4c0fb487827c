package io.millrace.core.operate;

import io.millrace.core.job.Actor;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.QueueName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses and resumes queues and changes their settings. The row is the truth and is written first; the index has a copy
 * of what claims must know, which every claim looks at. A copy that could not be written, or that came out of order, is made good by the caretakers within a second of
 * Redis answering. Safe for any number of threads.
 */
public final class QueueOperator {

    private static final Logger log = LoggerFactory.getLogger(QueueOperator.class);

    private final QueueRows rows;
    private final QueueIndex index;

    /** What became of the request. */
    public enum Outcome {
        /** It is in force for every claim from now on. */
        DONE,
        /** It is written, and comes into force when Redis is back. */
        NOTED,
        /** No job was ever submitted to a queue of that name. */
        NO_SUCH_QUEUE
    }

    /** Operates on rows and index. */
    public QueueOperator(QueueRows rows, QueueIndex index) {
        this.rows = rows;
        this.index = index;
    }

    /** Whether a job was ever submitted to a queue of that name. */
    public boolean exists(QueueName queue) {
        return rows.find(queue).isPresent();
    }

    /**
     * Changes settings of a queue. Every claim follows the limits of dispatch from now on; every node follows the others
     * within 2 s.
     */
    public Outcome change(QueueName queue, QueueSettings.Change change, Actor actor) {
        if (!rows.change(queue, change, actor)) {
            return Outcome.NO_SUCH_QUEUE;
        }
        log.info("settings of queue {} were changed: {}", queue, change);
        boolean ofDispatch =
                change.concurrencyLimit().isPresent() || change.rateLimit().isPresent();
        return ofDispatch ? tellIndex(queue) : Outcome.DONE;
    }

    /** Pauses a queue: what runs goes on, nothing new is handed out. Or ends that. Repeating it is harmless. */
    public Outcome setPaused(QueueName queue, boolean paused, Actor actor) {
        if (!rows.setPaused(queue, paused, actor)) {
            return Outcome.NO_SUCH_QUEUE;
        }
        log.info("queue {} is to be {}", queue, paused ? "paused" : "resumed");
        return tellIndex(queue);
    }

    private Outcome tellIndex(QueueName queue) {
        try {
            index.writeSettings(queue, rows.find(queue).orElseThrow().dispatch());
            return Outcome.DONE;
        } catch (IndexUnavailableException e) {
            log.debug("the index of {} is told later: {}", queue, e.getMessage());
            return Outcome.NOTED;
        }
    }
}
