package io.millrace.cli.up;

import java.io.Serial;

/** The platform could not start or go on. The message says what was tried, what happened and what to do. */
public final class UpException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private UpException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    private UpException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Something went wrong: exit code 1. */
    static UpException failed(String message) {
        return new UpException(1, message);
    }

    /** Something went wrong: exit code 1. */
    static UpException failed(String message, Throwable cause) {
        return new UpException(1, message, cause);
    }

    /** It cannot work as it was called: exit code 2. */
    static UpException misused(String message) {
        return new UpException(2, message);
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
