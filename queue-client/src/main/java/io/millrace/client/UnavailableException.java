package io.millrace.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * No usable answer came within the time given, after every repeat that was safe. Whether the request took effect is
 * unknown. A submit may be repeated with {@link #idempotencyKey()}: that never makes a second job. The cause is what went
 * wrong last, where that was an exception.
 */
public final class UnavailableException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String idempotencyKey;
    private final @Nullable Duration retryAfter;
    private final boolean outOfTime;

    UnavailableException(String message, @Nullable String idempotencyKey, Failure last, boolean outOfTime) {
        super(message, last.cause());
        this.idempotencyKey = idempotencyKey;
        this.retryAfter = last.retryAfter();
        this.outOfTime = outOfTime;
    }

    /** The key of a single submit, to repeat it safely; empty for any other call. */
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** How long the service asked to be left alone, where its last answer said so. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether more time might have helped, as opposed to an answer that no repeat cures. */
    boolean outOfTime() {
        return outOfTime;
    }
}
