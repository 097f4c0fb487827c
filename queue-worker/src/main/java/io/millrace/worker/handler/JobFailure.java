package io.millrace.worker.handler;

import java.io.Serial;
import java.time.Duration;

/**
 * How a handler says what should become of its job, when the retry policy should not decide alone. Throw what a factory
 * method returns:
 *
 * <ul>
 *   <li>{@link #permanent}: never retry; the job is dead.
 *   <li>{@link #retryAfter}: this attempt failed and counts; the next starts after the given time.
 *   <li>{@link #handBack}: nothing went wrong; run the job again after the given time, no attempt is counted.
 * </ul>
 */
public final class JobFailure extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What becomes of the job. */
    public enum Kind {
        /** The job is dead. */
        PERMANENT,
        /** The attempt counts, the next starts at the given time. */
        RETRY_AFTER,
        /** The attempt does not count, the next starts at the given time. */
        HAND_BACK
    }

    private final Kind kind;
    private final Duration delay;

    private JobFailure(Kind kind, Duration delay, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.delay = delay;
    }

    private JobFailure(Kind kind, Duration delay, String message) {
        super(message);
        this.kind = kind;
        this.delay = delay;
    }

    /** Trying again cannot help. */
    public static JobFailure permanent(String message) {
        return new JobFailure(Kind.PERMANENT, Duration.ZERO, message);
    }

    /** Trying again cannot help; {@code cause} tells why. */
    public static JobFailure permanent(String message, Throwable cause) {
        return new JobFailure(Kind.PERMANENT, Duration.ZERO, message, cause);
    }

    /** This attempt failed; the next one starts after {@code delay} instead of the policy's backoff. */
    public static JobFailure retryAfter(Duration delay, String message) {
        return new JobFailure(Kind.RETRY_AFTER, delay, message);
    }

    /** Put the job back for {@code delay}; no attempt is counted. */
    public static JobFailure handBack(Duration delay, String message) {
        return new JobFailure(Kind.HAND_BACK, delay, message);
    }

    /** What becomes of the job. */
    public Kind kind() {
        return kind;
    }

    /** How long until the job may run again; zero for {@link Kind#PERMANENT}. */
    public Duration delay() {
        return delay;
    }
}
