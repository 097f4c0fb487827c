package io.millrace.client;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a job that nobody runs: {@code JobEdit.unchanged().priority(9).delay(Duration.ZERO)}. Immutable; each
 * method returns a new edit. What is not said stays as it is; something must be said.
 */
public final class JobEdit {

    private static final JobEdit UNCHANGED = new JobEdit(null, null, null, null);

    private final @Nullable Object payload;
    private final @Nullable Integer priority;
    private final @Nullable Duration delay;
    private final @Nullable Instant runAt;

    private JobEdit(
            @Nullable Object payload, @Nullable Integer priority, @Nullable Duration delay, @Nullable Instant runAt) {
        this.payload = payload;
        this.priority = priority;
        this.delay = delay;
        this.runAt = runAt;
    }

    /** Where an edit starts. */
    public static JobEdit unchanged() {
        return UNCHANGED;
    }

    /** Another payload, as for {@link JobRequest#payload(Object)}. */
    public JobEdit payload(Object payload) {
        return new JobEdit(payload, priority, delay, runAt);
    }

    /**
     * Another priority.
     *
     * @throws IllegalArgumentException when it is not {@link Limits#MIN_PRIORITY} to {@link Limits#MAX_PRIORITY}
     */
    public JobEdit priority(int priority) {
        if (priority < Limits.MIN_PRIORITY || priority > Limits.MAX_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority must be " + Limits.MIN_PRIORITY + " to " + Limits.MAX_PRIORITY + ", not " + priority);
        }
        return new JobEdit(payload, priority, delay, runAt);
    }

    /**
     * Another start, counted from the moment of the change, to the millisecond; zero means at once. Replaces
     * {@link #runAt}. Only for a job that has not ended.
     *
     * @throws IllegalArgumentException when it is negative or longer than {@link Limits#MAX_DELAY}
     */
    public JobEdit delay(Duration delay) {
        if (delay.isNegative() || delay.compareTo(Limits.MAX_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "delay must be 0 to " + DurationText.format(Limits.MAX_DELAY) + ", not " + delay);
        }
        return new JobEdit(payload, priority, delay, null);
    }

    /** Another start; a moment in the past means at once. Replaces {@link #delay}. Only for a job that has not ended. */
    public JobEdit runAt(Instant runAt) {
        return new JobEdit(payload, priority, null, runAt);
    }

    @Nullable
    Object payload() {
        return payload;
    }

    /** Everything but the payload, as the wire has it. */
    Body body() {
        return new Body(
                priority, delay == null ? null : DurationText.format(delay), runAt == null ? null : runAt.toString());
    }

    /** Whether it says nothing at all. */
    boolean isEmpty() {
        return payload == null && priority == null && delay == null && runAt == null;
    }

    /** Without the payload, which may hold what must not be in a log. */
    @Override
    public String toString() {
        return "JobEdit[" + body() + (payload == null ? "]" : ", with payload]");
    }

    record Body(
            @Nullable Integer priority,
            @Nullable String delay,
            @Nullable String runAt) {}
}
