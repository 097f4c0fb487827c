package io.millrace.protocol;

import java.util.Locale;
import java.util.Optional;

/**
 * The state of a job as its users see it. PostgreSQL stores the first three as one unfinished state: which of them is
 * shown follows from the job's due time and from whether a worker holds a lease on it.
 */
public enum JobState {
    /** Waits for a time: delayed, or between two attempts. */
    SCHEDULED,
    /** Waits for a free worker. */
    READY,
    /** A worker holds a lease on it. */
    RUNNING,
    /** Finished; its result is recorded. */
    SUCCEEDED,
    /** Failed for good: attempts exhausted or a permanent failure. Stays inspectable and can be redriven. */
    DEAD,
    /** Ended by request. */
    CANCELLED;

    /** The lower-case word used in JSON, metrics and queries. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the job has ended; only a redrive makes an ended job run again. */
    public boolean isFinal() {
        return this == SUCCEEDED || this == DEAD || this == CANCELLED;
    }

    /** What {@link #parse} reads, for messages. */
    public static final String RULE = "scheduled, ready, running, succeeded, dead or cancelled";

    /** Reads {@link #wireName()}; empty for any other word. */
    public static Optional<JobState> parse(String wireName) {
        for (JobState state : values()) {
            if (state.wireName().equals(wireName)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
