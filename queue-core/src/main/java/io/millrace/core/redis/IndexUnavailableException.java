package io.millrace.core.redis;

import io.millrace.core.job.EngineException;
import java.io.Serial;
import java.net.SocketTimeoutException;

/** Redis cannot be reached or does not answer in time. What was asked may or may not have been done. */
public final class IndexUnavailableException extends EngineException {

    @Serial
    private static final long serialVersionUID = 1L;

    IndexUnavailableException(String what, Throwable cause) {
        super("Redis could not run " + what + ": " + cause.getMessage(), cause);
    }

    /** Whether the server was silent for the whole time-out, which says nothing about other connections. */
    boolean isSilence() {
        Throwable connection = getCause();
        return connection != null && connection.getCause() instanceof SocketTimeoutException;
    }
}
