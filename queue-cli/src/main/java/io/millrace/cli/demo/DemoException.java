package io.millrace.cli.demo;

import java.io.Serial;

/** The demonstration did not come to its end; the message says why. */
public final class DemoException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }

    DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
