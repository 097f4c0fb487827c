package io.millrace.core.job;

import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.Optional;

/**
 * Which jobs are wanted; what is empty does not matter.
 *
 * @param queue of this queue
 * @param type of this type
 * @param state in this state
 * @param tag with this tag
 * @param error whose last failure's message has this text in it, in any case
 * @param uniqueKey which has not ended and holds this unique key of its queue
 * @param createdFrom accepted at this moment or later
 * @param createdBefore accepted before this moment
 * @param within of a queue that these cover; all others are as if they did not exist
 */
public record JobFilter(
        Optional<QueueName> queue,
        Optional<JobType> type,
        Optional<JobState> state,
        Optional<String> tag,
        Optional<String> error,
        Optional<String> uniqueKey,
        Optional<Instant> createdFrom,
        Optional<Instant> createdBefore,
        QueuePatterns within) {

    /** Every job. */
    public static final JobFilter ANY = new JobFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            QueuePatterns.ALL);

    /** The same for jobs in another state. */
    public JobFilter inState(Optional<JobState> other) {
        return new JobFilter(queue, type, other, tag, error, uniqueKey, createdFrom, createdBefore, within);
    }

    /** The same for jobs that hold a unique key. */
    public JobFilter withUniqueKey(Optional<String> key) {
        return new JobFilter(queue, type, state, tag, error, key, createdFrom, createdBefore, within);
    }

    /** The same for jobs of one queue. */
    public JobFilter ofQueue(QueueName one) {
        return new JobFilter(Optional.of(one), type, state, tag, error, uniqueKey, createdFrom, createdBefore, within);
    }

    /** The same within these queues only. */
    public JobFilter within(QueuePatterns queues) {
        JobFilter narrower =
                new JobFilter(queue, type, state, tag, error, uniqueKey, createdFrom, createdBefore, queues);
        return queue.isEmpty() ? queues.only().map(narrower::ofQueue).orElse(narrower) : narrower;
    }

    /** Whether it asks for a queue that it may not know of, so that nothing fits. */
    public boolean isOutside() {
        return queue.isPresent() && !within.cover(queue.get());
    }
}
