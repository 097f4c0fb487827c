package io.millrace.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Safe for use by several threads. */
public final class ManualClock implements InstantSource {

    /** Where {@link #ManualClock()} starts. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicReference<Instant> now;

    /** A clock that shows {@link #START}. */
    public ManualClock() {
        this(START);
    }

    /** A clock that shows this instant. */
    public ManualClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves the clock forward, or back when the duration is negative, and returns what it shows now. */
    public Instant advance(Duration by) {
        return now.updateAndGet(instant -> instant.plus(by));
    }

    /** Makes the clock show this instant. */
    public void set(Instant instant) {
        now.set(instant);
    }

    @Override
    public String toString() {
        return "ManualClock at " + instant();
    }
}
