package io.millrace.core.job;

import java.io.Serial;
import java.time.Duration;

/** More is waiting to be committed than can be cleared soon; nothing was done. */
public final class OverloadedException extends EngineException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message what is full */
    public OverloadedException(String message) {
        super(message);
    }

    /** When trying again makes sense. */
    public Duration retryAfter() {
        return Duration.ofSeconds(1);
    }
}
