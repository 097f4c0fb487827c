package io.millrace.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API answers it ({@code GET /v1/jobs/{id}}). In JSON the names are snake_case, times RFC 3339, durations
 * as {@link DurationText}; fields without a value are left out. A reader must tolerate fields it does not know.
 *
 * @param id the job's id
 * @param type what kind of work it is
 * @param queue where it waits
 * @param state see {@link JobState}, as its wire name
 * @param priority 0 (default) to 9
 * @param attempt the attempt that runs now or ran last; 0 before the first start
 * @param maxAttempts how many attempts may fail before the job is dead
 * @param createdAt when it was accepted
 * @param runAt when it may start, or may start again
 * @param expiresAt when it is cancelled unless a handler has begun; absent from the first beginning on, and when there is
 *     no such deadline
 * @param startedAt when its last attempt started
 * @param finishedAt when it ended
 * @param timeout how long one attempt may take; {@code none} for no limit
 * @param retainResultFor how long its result and files are kept after its success; absent: as long as the job
 * @param traceparent the trace that asked for it (W3C Trace Context)
 * @param tags as given at submit
 * @param uniqueKey no other unfinished job of its queue has this key
 * @param result what the handler returned, once it succeeded
 * @param resultExpiresAt until when the result is kept, once it succeeded, where {@code retainResultFor} says for how long
 * @param resultExpired whether that time is over; present together with it
 * @param error why the last attempt failed
 * @param waitingReason why a job that could run does not, where that is known
 * @param worker the worker that holds it, while running
 * @param progress what its handler last said of how far it is, while running
 * @param attempts the attempts that failed or were cut off, oldest first
 * @param artifacts files the job made
 */
public record JobView(
        String id,
        String type,
        String queue,
        String state,
        int priority,
        int attempt,
        int maxAttempts,
        Instant createdAt,
        Instant runAt,
        @Nullable Instant expiresAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        String timeout,
        @Nullable String retainResultFor,
        @Nullable String traceparent,
        List<String> tags,
        @Nullable String uniqueKey,
        @Nullable Object result,
        @Nullable Instant resultExpiresAt,
        @Nullable Boolean resultExpired,
        @Nullable ErrorView error,
        @Nullable String waitingReason,
        @Nullable String worker,
        @Nullable ProgressView progress,
        List<AttemptView> attempts,
        List<ArtifactView> artifacts) {

    /**
     * Why an attempt failed.
     *
     * @param reason the class of failure: {@code error}, {@code permanent}, {@code timeout}, {@code crash},
     *     {@code poison}, {@code invalid_payload}, {@code cancelled},
     *     {@code expired}, {@code discarded}
     * @param message what the handler said, cut at {@link Limits#MAX_ERROR_LENGTH}
     */
    public record ErrorView(String reason, String message) {}

    /**
     * How far a running attempt is, by its handler's own word.
     *
     * @param fraction 0 to 1; never less than it said before in the same attempt
     * @param message what it is at
     * @param at when it said so
     */
    public record ProgressView(double fraction, @Nullable String message, Instant at) {}

    /**
     * One attempt that did not succeed.
     *
     * @param attempt its number, from 1
     * @param reason as in {@link ErrorView}
     * @param message as in {@link ErrorView}
     * @param worker which worker ran it
     * @param startedAt when it started, where known
     * @param finishedAt when it was recorded
     */
    public record AttemptView(
            int attempt,
            String reason,
            String message,
            @Nullable String worker,
            @Nullable Instant startedAt,
            Instant finishedAt) {}

    /**
     * One file that the job made.
     *
     * @param name its name; {@code GET /v1/jobs/{id}/artifacts/{name}} streams it
     * @param size in bytes
     * @param contentType its media type
     */
    public record ArtifactView(String name, long size, String contentType) {}
}
