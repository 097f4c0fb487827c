package io.millrace.core.job;

import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What somebody did to the service or what is in it.
 *
 * @param number grows from entry to entry
 * @param at when
 * @param actor who
 * @param action what
 * @param target to what: the name of a queue, or the id of a job, an operation, a worker or a key
 * @param queue the queue it was about, if it was about one
 * @param before the target before, as a JSON object; empty where there was none
 * @param after the target after; empty where there is none any more
 */
public record AuditEntry(
        long number,
        Instant at,
        Actor actor,
        Action action,
        String target,
        Optional<QueueName> queue,
        Optional<String> before,
        Optional<String> after) {

    /** What can be done. */
    public enum Action {
        /** A queue hands out nothing any more. */
        QUEUE_PAUSE,
        /** It hands out its jobs again. */
        QUEUE_RESUME,
        /** Its settings are changed. */
        QUEUE_SETTINGS,
        /** A job is to end. */
        JOB_CANCEL,
        /** A job that ended runs again. */
        JOB_REDRIVE,
        /** A job is changed. */
        JOB_EDIT,
        /** A job is removed. */
        JOB_DELETE,
        /** A change of many jobs begins. */
        OPERATION_START,
        /** It is ended before it is done. */
        OPERATION_ABORT,
        /** A worker is to take no new jobs. */
        WORKER_QUIET,
        /** It is to take jobs again. */
        WORKER_RESUME,
        /** It is to end. */
        WORKER_STOP,
        /** A key is made. */
        KEY_CREATE,
        /** A key is revoked. */
        KEY_REVOKE;

        /** The word used in JSON and the database, such as {@code queue.pause}. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '.');
        }

        /** Reads {@link #wireName()}; empty when it is none. */
        public static Optional<Action> parse(String wireName) {
            return Arrays.stream(values())
                    .filter(action -> action.wireName().equals(wireName))
                    .findFirst();
        }
    }
}
