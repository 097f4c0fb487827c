package io.millrace.client;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything this SDK throws about a call to the service. Each message says what was attempted, what
 * happened, and what to do. Misuse of the SDK itself, such as a malformed queue name, is an
 * {@link IllegalArgumentException}; a call on a closed client is an {@link IllegalStateException}.
 */
public abstract class MillraceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MillraceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
