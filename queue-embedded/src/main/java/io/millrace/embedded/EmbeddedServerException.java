package io.millrace.embedded;

/** A server could not be found, started or stopped. The message says what was tried, what happened and what to do. */
public class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedServerException(String message) {
        super(message);
    }

    EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
