package io.millrace.core.job;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything known about one job, from both stores.
 *
 * @param id its id
 * @param type its type
 * @param queue its queue
 * @param state as users see it
 * @param priority 0 to 9
 * @param attempt the attempt that runs or ran last; 0 before the first start
 * @param options retry policy and timeout
 * @param runAt when it may start, or may start again
 * @param expiresAt its start deadline, as long as no handler has begun and it has not ended
 * @param startedAt when its last attempt started
 * @param finishedAt when it ended
 * @param tags as given
 * @param uniqueKey the unique key it was submitted with
 * @param payload the JSON as given
 * @param result the JSON the handler returned
 * @param resultEnd until when the result is kept, where the submit said for how long and the job succeeded
 * @param failure why the last attempt failed
 * @param worker who holds it, or who finished it
 * @param progress how far it is, by its handler's word, while it runs
 * @param waitingReason why it does not run although it could, where known
 * @param attempts the attempts that failed, oldest first
 * @param version changes with every write to the row
 */
public record JobDetails(
        JobId id,
        JobType type,
        QueueName queue,
        JobState state,
        int priority,
        int attempt,
        JobOptions options,
        Instant runAt,
        Optional<Instant> expiresAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        List<String> tags,
        Optional<String> uniqueKey,
        byte[] payload,
        Optional<byte[]> result,
        Optional<ResultEnd> resultEnd,
        Optional<Failure> failure,
        Optional<String> worker,
        Optional<JobProgress> progress,
        Optional<String> waitingReason,
        List<Attempt> attempts,
        int version) {

    /**
     * The end of a result.
     *
     * @param at when
     * @param over whether it has come: there is no result any more
     */
    public record ResultEnd(Instant at, boolean over) {}

    /**
     * Why an attempt or the job failed.
     *
     * @param reason the wire name of a {@link FailureReason}
     * @param message what the handler said
     */
    public record Failure(String reason, String message) {}

    /**
     * One attempt that did not succeed.
     *
     * @param attempt its number
     * @param failure why
     * @param worker who ran it
     * @param startedAt when it started, where known
     * @param finishedAt when that was recorded
     */
    public record Attempt(
            int attempt, Failure failure, Optional<String> worker, Optional<Instant> startedAt, Instant finishedAt) {}

    /** The same with these failed attempts. */
    public JobDetails withAttempts(List<Attempt> failed) {
        return new JobDetails(
                id,
                type,
                queue,
                state,
                priority,
                attempt,
                options,
                runAt,
                expiresAt,
                startedAt,
                finishedAt,
                tags,
                uniqueKey,
                payload,
                result,
                resultEnd,
                failure,
                worker,
                progress,
                waitingReason,
                failed,
                version);
    }
}
