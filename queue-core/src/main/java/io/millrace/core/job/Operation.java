package io.millrace.core.job;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A change of many jobs that goes on in the background, survives restarts and can be aborted.
 *
 * @param id its id
 * @param kind what is done to each job
 * @param state how far it is
 * @param createdBy who asked for it
 * @param createdAt when
 * @param finishedAt when it was done or aborted
 * @param filter which jobs; its state is the kind's
 * @param fingerprint only jobs whose failure has this {@link ErrorFingerprint}
 * @param rate how many jobs a second at most
 * @param changed jobs that were changed
 * @param skipped jobs that matched and were in another state by then, or held by a worker
 */
public record Operation(
        UUID id,
        Kind kind,
        State state,
        String createdBy,
        Instant createdAt,
        Optional<Instant> finishedAt,
        JobFilter filter,
        Optional<String> fingerprint,
        Optional<Integer> rate,
        long changed,
        long skipped) {

    /** Whether those see it who know of these queues: it is about one of them, or about no other. */
    public boolean isShownTo(QueuePatterns queues) {
        return queues.cover(filter.within())
                || filter.queue().filter(queues::cover).isPresent();
    }

    /** What is done to each job. */
    public enum Kind {
        /** Dead jobs run again. */
        REDRIVE,
        /** Dead jobs are removed. */
        DISCARD,
        /** Jobs that wait are cancelled. */
        CANCEL;

        /** The word used in JSON and the database. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #wireName()}. */
        public static Kind of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    /** How far it is. */
    public enum State {
        /** It goes on. */
        RUNNING,
        /** Every matching job was looked at. */
        DONE,
        /** Somebody ended it; what was changed stays changed. */
        ABORTED;

        /** The word used in JSON and the database. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #wireName()}. */
        public static State of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }
}
