package io.millrace.api.http;

import java.time.Duration;

/**
 * How fast the caller of one connection takes what is sent to it. Only time in which the server waits for the caller counts:
 * a stream without news waits for nobody. Immutable.
 *
 * @param waits whether the server waited when it was looked at last
 * @param bytes how many had been taken when it was first seen to wait
 * @param sinceNanos when that was
 */
record Pace(boolean waits, long bytes, long sinceNanos) {

    /** What is taken so fast on the whole is never too slow. */
    static final long LEAST_BYTES_PER_SECOND = 4 * 1024;

    /** Nobody has been waited for. */
    static final Pace EVEN = new Pace(false, 0, 0);

    private static final long NANOS = 1_000_000_000L;

    /** The pace after another look. */
    Pace seen(boolean waiting, long taken, long nowNanos) {
        if (!waiting) {
            return EVEN;
        }
        return waits ? this : new Pace(true, taken, nowNanos);
    }

    /**
     * Whether the caller is further behind than by what it may be.
     *
     * @param taken bytes until now
     * @param grace how long nothing at all may be taken
     */
    boolean isTooSlow(long taken, long nowNanos, Duration grace) {
        return waits && nowNanos - sinceNanos > grace.toNanos() + (taken - bytes) * (NANOS / LEAST_BYTES_PER_SECOND);
    }
}
