package io.millrace.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt that brought no usable answer.
 *
 * @param happened what went wrong, for a message
 * @param repeatHelps whether the same attempt may succeed later
 * @param nothingHappened whether the service certainly did nothing
 * @param retryAfter how long the service asked to be left alone; null when it did not say
 * @param cause the exception, where it was one
 */
record Failure(
        String happened,
        boolean repeatHelps,
        boolean nothingHappened,
        @Nullable Duration retryAfter,
        @Nullable Throwable cause) {

    /** An answer that cannot be used and that no repeat would change. */
    static Failure unreadable(String happened, @Nullable Throwable cause) {
        return new Failure(happened, false, false, null, cause);
    }
}
