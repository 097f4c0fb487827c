package io.millrace.core.job;

import java.io.Serial;
import java.time.Duration;

/** PostgreSQL cannot be reached or does not answer in time. What was asked may or may not have been done. */
public final class StoreUnavailableException extends EngineException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param message what was attempted
     * @param cause what the driver said
     */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** When trying again makes sense. */
    public Duration retryAfter() {
        return Duration.ofSeconds(1);
    }
}
