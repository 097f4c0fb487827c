package io.millrace.core.job;

import java.io.Serial;

/** The root of everything the engine throws when it cannot do what was asked. */
public abstract class EngineException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message what was attempted, what happened, what to do */
    protected EngineException(String message) {
        super(message);
    }

    /**
     * @param message what was attempted, what happened, what to do
     * @param cause what it follows from
     */
    protected EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
