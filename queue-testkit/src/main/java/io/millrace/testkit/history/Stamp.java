package io.millrace.testkit.history;

import java.time.InstantSource;

/**
 * A moment on both clocks of the machine.
 *
 * @param nanos the monotonic clock, which all processes of one Linux machine share
 * @param wallMillis the wall clock, unix ms
 */
public record Stamp(long nanos, long wallMillis) {

    /** This moment. */
    public static Stamp at(InstantSource clock) {
        return new Stamp(System.nanoTime(), clock.millis());
    }

    /** How many ms lie between an earlier moment and this one. */
    public long millisSince(Stamp earlier) {
        return (nanos - earlier.nanos) / 1_000_000;
    }

    /** Whether this is before the other. */
    public boolean isBefore(Stamp other) {
        return nanos < other.nanos;
    }
}
