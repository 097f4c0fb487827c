package io.millrace.core.job;

import java.time.Duration;

/** What is to be recorded about an attempt that ended. The retry policy has been applied. */
public sealed interface Verdict {

    /**
     * The handler returned.
     *
     * @param result its result as JSON; empty for none
     */
    record Succeeded(byte[] result) implements Verdict {}

    /**
     * The attempt failed and counts; another follows.
     *
     * @param reason why
     * @param message what the handler said
     * @param delay until the next
     */
    record Retried(FailureReason reason, String message, Duration delay) implements Verdict {}

    /**
     * The attempt failed and counts; no other follows.
     *
     * @param reason why
     * @param message what the handler said
     */
    record Died(FailureReason reason, String message) implements Verdict {}

    /**
     * The job goes back; the attempt does not count.
     *
     * @param delay until it may run again
     */
    record HandedBack(Duration delay) implements Verdict {}

    /**
     * The job ends because somebody asked for it.
     *
     * @param message what happened to a running handler
     */
    record Cancelled(String message) implements Verdict {}

    /**
     * The job ends as cancelled because its handler found it pointless.
     *
     * @param message what the handler said
     */
    record Discarded(String message) implements Verdict {}

    /**
     * The job ends because its start deadline passed before a handler began.
     *
     * @param message what happened
     */
    record Expired(String message) implements Verdict {}
}
