package io.millrace.core.operate;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobProgress;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.JobNotes;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import java.util.Optional;

/** Shows one job: its row, and from the index who holds it. Safe for any number of threads. */
public final class JobReader {

    private final JobQueries rows;
    private final QueueIndex index;
    private final JobNotes notes;
    private final WorkerDirectory workers;

    /**
     * @param rows the jobs
     * @param index tells who holds them
     * @param notes how far running ones say they are
     * @param workers who may take waiting ones
     */
    public JobReader(JobQueries rows, QueueIndex index, JobNotes notes, WorkerDirectory workers) {
        this.rows = rows;
        this.index = index;
        this.notes = notes;
        this.workers = workers;
    }

    /** One job, if it exists. While Redis is away a running job is shown as ready. */
    public Optional<JobDetails> find(JobId id) {
        return rows.find(id).map(this::withIndex);
    }

    /** The queue of a job, if it exists; cheaper than {@link #find}. */
    public Optional<QueueName> queueOf(JobId id) {
        return rows.queueOf(id);
    }

    private JobDetails withIndex(JobQueries.Found found) {
        JobDetails job = found.details();
        if (job.state().isFinal()) {
            return job;
        }
        try {
            String holder = index.holder(job.queue(), found.entry());
            if (!holder.isEmpty()) {
                return running(
                        job, holder, notes.progress(job.id(), found.entry().fence()));
            }
            return job.state() == JobState.READY ? waiting(job) : job;
        } catch (IndexUnavailableException e) {
            return withReason(job, "Redis is unreachable; jobs run again when it is back");
        }
    }

    private JobDetails waiting(JobDetails job) {
        boolean served = workers.live().stream()
                .filter(worker -> worker.queues().stream()
                        .anyMatch(slots -> slots.queue().equals(job.queue().value())))
                .anyMatch(worker -> worker.types().contains(job.type().value()));
        return served
                ? job
                : withReason(
                        job, "no live worker of queue '" + job.queue() + "' handles the type '" + job.type() + "'");
    }

    private static JobDetails running(JobDetails job, String holder, Optional<JobProgress> progress) {
        int slash = holder.lastIndexOf('/');
        return copy(
                job,
                JobState.RUNNING,
                job.attempt() + 1,
                Optional.of(slash < 0 ? holder : holder.substring(0, slash)),
                progress,
                Optional.empty());
    }

    private static JobDetails withReason(JobDetails job, String reason) {
        return copy(job, job.state(), job.attempt(), job.worker(), Optional.empty(), Optional.of(reason));
    }

    private static JobDetails copy(
            JobDetails job,
            JobState state,
            int attempt,
            Optional<String> worker,
            Optional<JobProgress> progress,
            Optional<String> reason) {
        return new JobDetails(
                job.id(),
                job.type(),
                job.queue(),
                state,
                job.priority(),
                attempt,
                job.options(),
                job.runAt(),
                job.expiresAt(),
                job.startedAt(),
                job.finishedAt(),
                job.tags(),
                job.uniqueKey(),
                job.payload(),
                job.result(),
                job.resultEnd(),
                job.failure(),
                worker,
                progress,
                reason,
                job.attempts(),
                job.version());
    }
}
