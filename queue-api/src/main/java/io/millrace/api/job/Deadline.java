package io.millrace.api.job;

import java.time.Duration;

/**
 * A moment on the monotonic clock by which a wait must end.
 *
 * @param nanos of {@link System#nanoTime()}
 */
record Deadline(long nanos) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    long nanosLeft() {
        return Math.max(0, nanos - System.nanoTime());
    }
}
