package io.millrace.core.job;

import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job as lists show it: without its payload, result and past attempts.
 *
 * @param entry what the index should hold of it; its id and priority
 * @param type its type
 * @param queue its queue
 * @param state as users see it
 * @param attempt the attempt that runs or ran last; 0 before the first start
 * @param options retry policy and timeout
 * @param runAt when it may start, or may start again
 * @param startedAt when its last attempt started
 * @param finishedAt when it ended
 * @param tags as given
 * @param uniqueKey the unique key it was submitted with
 * @param failure why the last attempt failed
 * @param worker who holds it, or who finished it
 */
public record ListedJob(
        Entry entry,
        JobType type,
        QueueName queue,
        JobState state,
        int attempt,
        JobOptions options,
        Instant runAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        List<String> tags,
        Optional<String> uniqueKey,
        Optional<JobDetails.Failure> failure,
        Optional<String> worker) {

    /** The same job as one that this worker holds. */
    public ListedJob heldBy(String holder) {
        return new ListedJob(
                entry,
                type,
                queue,
                JobState.RUNNING,
                attempt + 1,
                options,
                runAt,
                startedAt,
                finishedAt,
                tags,
                uniqueKey,
                failure,
                Optional.of(holder));
    }
}
