package io.millrace.worker.fetch;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;

/** The server asked to come back later, and said when (RFC 9110, {@code Retry-After} in seconds). */
public final class FetchDeferredException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    FetchDeferredException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** How long it asked to wait, an hour at most. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
