package io.millrace.core.operate;

import io.millrace.core.job.Actor;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.JobDetails;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.IndexPusher;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Withdrawal;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Carries out what people ask of a job. Every step may be cut off and repeated: the row is written first, and what the
 * index misses is healed by the caretakers. Safe for any number of threads.
 */
public final class JobOperator {

    private final JobQueries rows;
    private final QueueIndex index;
    private final Epochs epochs;
    private final IndexPusher pusher;
    private final JobReader reader;

    /** Operates on rows and index. */
    public JobOperator(JobQueries rows, QueueIndex index, Epochs epochs, IndexPusher pusher, JobReader reader) {
        this.rows = rows;
        this.index = index;
        this.epochs = epochs;
        this.pusher = pusher;
        this.reader = reader;
    }

    /**
     * Makes a dead or cancelled job run again, with its budgets renewed. One that was submitted with a unique key needs
     * that key again.
     */
    public OperationResult redrive(JobId id, Actor actor) {
        Optional<JobQueries.Found> found = rows.find(id);
        if (found.isEmpty()) {
            return new OperationResult.NotFound();
        }
        OptionalLong epoch = epochs.seen(found.get().details().queue());
        Optional<IndexedJob> job = rows.redrive(id, actor);
        if (job.isEmpty()) {
            return Optional.of(found.get().details())
                    .filter(dead -> dead.state() == JobState.DEAD || dead.state() == JobState.CANCELLED)
                    .flatMap(this::holderOfKey)
                    .<OperationResult>map(OperationResult.UniqueConflict::new)
                    .orElseGet(() -> wrongState(id));
        }
        pusher.push(epoch, QueueIndex.Origin.OPERATOR, List.of(job.get()));
        return new OperationResult.Done();
    }

    /**
     * Makes those of these jobs run again that are dead or cancelled, and whose unique key no other unfinished job has.
     *
     * @param queue all of them are of this queue
     * @return how many
     */
    int redriveAll(QueueName queue, List<JobId> ids) {
        OptionalLong epoch = epochs.seen(queue);
        List<IndexedJob> jobs = rows.redrive(ids);
        pusher.push(epoch, QueueIndex.Origin.OPERATOR, jobs);
        return jobs.size();
    }

    /** Cancels a job: at once where nobody holds it, else as soon as its worker sees the request. */
    public OperationResult cancel(JobId id, Actor actor) {
        Optional<JobQueries.Found> found = rows.find(id);
        if (found.isEmpty()) {
            return new OperationResult.NotFound();
        }
        OptionalLong epoch = seen(found.get().details().queue());
        Optional<IndexedJob> job = rows.requestCancel(id, actor);
        if (job.isEmpty()) {
            return wrongState(id);
        }
        Entry entry = job.get().entry();
        if (epoch.isPresent()
                && isWithdrawn(job.get(), epoch.getAsLong())
                && !rows.cancelUnheld(List.of(entry)).isEmpty()) {
            return new OperationResult.Done();
        }
        return new OperationResult.Requested();
    }

    /**
     * Cancels those of these jobs that nobody holds. One that runs goes on; should it fail, it ends cancelled.
     *
     * @param queue all of them are of this queue
     * @return how many are cancelled
     */
    int cancelAll(QueueName queue, List<JobId> ids) {
        OptionalLong epoch = seen(queue);
        return cancelUnheld(
                queue,
                epoch,
                rows.requestCancel(ids).stream().map(IndexedJob::entry).toList());
    }

    /**
     * Carries out cancels that were noted while it could not be told whether somebody held the job: Redis was away or
     * being rebuilt, or the node was stopped. What is held is left to its holder, and to the claim after it.
     *
     * @param most how many are looked at
     * @return how many are cancelled
     */
    int cancelNoted(int most) {
        return rows.notedCancels(most).stream()
                .collect(Collectors.groupingBy(
                        IndexedJob::queue, Collectors.mapping(IndexedJob::entry, Collectors.toList())))
                .entrySet()
                .stream()
                .mapToInt(queue -> cancelUnheld(queue.getKey(), seen(queue.getKey()), queue.getValue()))
                .sum();
    }

    private int cancelUnheld(QueueName queue, OptionalLong epoch, List<Entry> noted) {
        if (epoch.isEmpty() || noted.isEmpty()) {
            return 0;
        }
        try {
            List<Boolean> leased = index.retract(queue, epoch.getAsLong(), true, noted)
                    .result()
                    .orElse(Collections.nCopies(noted.size(), true));
            List<Entry> unheld = IntStream.range(0, noted.size())
                    .filter(i -> !leased.get(i))
                    .mapToObj(noted::get)
                    .toList();
            return rows.cancelUnheld(unheld).size();
        } catch (IndexUnavailableException e) {
            return 0;
        }
    }

    /** The number of the index, asked for where this node has not seen the queue yet; empty while Redis is away. */
    private OptionalLong seen(QueueName queue) {
        try {
            return epochs.seenOrRead(queue);
        } catch (IndexUnavailableException e) {
            return OptionalLong.empty();
        }
    }

    private boolean isWithdrawn(IndexedJob job, long epoch) {
        try {
            IndexAnswer<Withdrawal> answer = index.withdraw(job.queue(), epoch, job.entry());
            return answer.result().orElse(Withdrawal.UNKNOWN) == Withdrawal.WITHDRAWN;
        } catch (IndexUnavailableException e) {
            return false;
        }
    }

    private Optional<JobId> holderOfKey(JobDetails job) {
        return job.uniqueKey()
                .flatMap(key -> rows.uniqueHolder(job.queue(), key))
                .filter(holder -> !holder.equals(job.id()));
    }

    private OperationResult wrongState(JobId id) {
        JobState state = reader.find(id).map(job -> job.state()).orElse(JobState.READY);
        return new OperationResult.WrongState(state);
    }
}
