package io.millrace.worker.handler;

import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a handler says what should become of its job, when neither the retry policy nor the {@linkplain HandlerRules rules}
 * should decide. Throw what a factory method returns:
 *
 * <ul>
 *   <li>{@link #permanent}: never retry; the job is dead.
 *   <li>{@link #retryAfter}, {@link #retryAt}: this attempt failed and counts; the next starts then.
 *   <li>{@link #handBack}: nothing went wrong; run the job again after the given time, no attempt is counted.
 *   <li>{@link #discard}: the job is pointless by now; it is cancelled.
 * </ul>
 */
public final class JobFailure extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Function<Instant, Reaction> reaction;

    private JobFailure(Function<Instant, Reaction> reaction, String message, Optional<Throwable> cause) {
        super(message, cause.orElse(null));
        this.reaction = reaction;
    }

    private JobFailure(Reaction reaction, String message) {
        this(now -> reaction, message, Optional.empty());
    }

    /** Trying again cannot help. */
    public static JobFailure permanent(String message) {
        return new JobFailure(Reaction.die(), message);
    }

    /** Trying again cannot help; {@code cause} tells why. */
    public static JobFailure permanent(String message, Throwable cause) {
        return new JobFailure(now -> Reaction.die(), message, Optional.of(cause));
    }

    /** This attempt failed; the next one starts after {@code delay} instead of the policy's backoff. */
    public static JobFailure retryAfter(Duration delay, String message) {
        return new JobFailure(Reaction.retryAfter(delay), message);
    }

    /** This attempt failed; the next one starts at {@code time} instead of after the policy's backoff. */
    public static JobFailure retryAt(Instant time, String message) {
        return new JobFailure(now -> Reaction.retryAfter(Duration.between(now, time)), message, Optional.empty());
    }

    /** Put the job back for {@code delay}; no attempt is counted. */
    public static JobFailure handBack(Duration delay, String message) {
        return new JobFailure(Reaction.handBack(delay), message);
    }

    /** There is nothing left to do: the job is cancelled, with this message. */
    public static JobFailure discard(String message) {
        return new JobFailure(Reaction.discard(), message);
    }

    /** What becomes of the job. */
    public Reaction reaction(Instant now) {
        return reaction.apply(now);
    }
}
