package io.millrace.core.operate;

import io.millrace.core.job.IndexedJob;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.IndexPusher;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Withdrawal;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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

    /** Makes a dead or cancelled job run again, with its budgets renewed. */
    public OperationResult redrive(JobId id) {
        Optional<JobQueries.Found> found = rows.find(id);
        if (found.isEmpty()) {
            return new OperationResult.NotFound();
        }
        OptionalLong epoch = epochs.seen(found.get().details().queue());
        Optional<IndexedJob> job = rows.redrive(id);
        if (job.isEmpty()) {
            return wrongState(id);
        }
        pusher.push(epoch, QueueIndex.Origin.OPERATOR, List.of(job.get()));
        return new OperationResult.Done();
    }

    /** Cancels a job: at once where nobody holds it, else as soon as its worker sees the request. */
    public OperationResult cancel(JobId id) {
        Optional<JobQueries.Found> found = rows.find(id);
        if (found.isEmpty()) {
            return new OperationResult.NotFound();
        }
        OptionalLong epoch = epochs.seen(found.get().details().queue());
        Optional<IndexedJob> job = rows.requestCancel(id);
        if (job.isEmpty()) {
            return wrongState(id);
        }
        if (epoch.isPresent()
                && isWithdrawn(job.get(), epoch.getAsLong())
                && rows.cancelUnheld(job.get().entry())) {
            return new OperationResult.Done();
        }
        return new OperationResult.Requested();
    }

    private boolean isWithdrawn(IndexedJob job, long epoch) {
        try {
            IndexAnswer<Withdrawal> answer = index.withdraw(job.queue(), epoch, job.entry());
            return answer.result().orElse(Withdrawal.UNKNOWN) == Withdrawal.WITHDRAWN;
        } catch (IndexUnavailableException e) {
            return false;
        }
    }

    private OperationResult wrongState(JobId id) {
        JobState state = reader.find(id).map(job -> job.state()).orElse(JobState.READY);
        return new OperationResult.WrongState(state);
    }
}
