package io.millrace.core.operate;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.job.Actor;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobEdit;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartTime;
import io.millrace.core.postgres.JobEditRows;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.JobNotes;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Hold;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes and removes jobs that nobody runs. Safe for any number of threads.
 *
 * <h2>The order of writes of a change</h2>
 *
 * The entry is leased to nobody, so that no worker can claim it and a change that is cut off goes the reaper's way. Then
 * the row is written and its fence raised, under the fence that was read. Then the lease is dropped and the new entry
 * indexed, in one script; it keeps its place unless its start was changed. A worker that claimed first keeps the job, and the change is refused.
 */
public final class JobEditor {

    private static final Logger LOG = LoggerFactory.getLogger(JobEditor.class);

    /** So hold.lua calls the holder; once the reaper has taken the entry it is called otherwise. */
    private static final String HOLDER = "-held";

    private final JobQueries queries;
    private final JobEditRows rows;
    private final QueueIndex index;
    private final Epochs epochs;
    private final JobNotes notes;
    private final ArtifactStore artifacts;

    /** What became of a change. */
    public enum Result {
        /** It is made. */
        DONE,
        /** There is no such job. */
        NOT_FOUND,
        /** A worker holds the job, or somebody else changes it just now. */
        HELD,
        /** It has ended in a way that nothing can be changed about. */
        ENDED,
        /** It was changed by somebody else meanwhile. */
        CHANGED,
        /** Whether a worker holds it cannot be told now: Redis is away or being rebuilt. */
        UNKNOWN
    }

    /** Edits rows and index; removes artifacts and notes with their job. */
    public JobEditor(
            JobQueries queries,
            JobEditRows rows,
            QueueIndex index,
            Epochs epochs,
            JobNotes notes,
            ArtifactStore artifacts) {
        this.queries = queries;
        this.rows = rows;
        this.index = index;
        this.epochs = epochs;
        this.notes = notes;
        this.artifacts = artifacts;
    }

    /**
     * Changes a job that waits, or the payload and priority of one that is dead or cancelled.
     *
     * @param expectedVersion {@link JobDetails#version()} of what the caller has seen
     */
    public Result edit(JobId id, int expectedVersion, JobEdit edit, Actor actor) {
        Optional<JobQueries.Found> found = queries.find(id);
        if (found.isEmpty()) {
            return Result.NOT_FOUND;
        }
        JobDetails job = found.get().details();
        if (job.version() != expectedVersion) {
            return Result.CHANGED;
        }
        Entry entry = found.get().entry();
        if (!job.state().isFinal()) {
            return editWaiting(job, entry, edit, () -> rows.editWaiting(entry, edit, actor));
        }
        if (job.state() == JobState.SUCCEEDED || edit.runAt().isPresent()) {
            return Result.ENDED;
        }
        return rows.editEnded(entry, edit, actor) ? Result.DONE : Result.CHANGED;
    }

    /**
     * Gives a job that waits the payload and priority of a new one, and its start where it names one.
     *
     * @param job the new one; its idempotency key stands for the change, in the same commit
     * @param now by PostgreSQL's clock
     * @param keyEnds until when the key stands
     * @return {@link Result#ENDED} when the job has ended, {@link Result#HELD} also when it is of another type
     */
    public Result replace(JobId id, NewJob job, Instant now, Instant keyEnds) {
        Optional<JobQueries.Found> found = queries.find(id);
        if (found.isEmpty()) {
            return Result.NOT_FOUND;
        }
        JobDetails old = found.get().details();
        if (old.state().isFinal()) {
            return Result.ENDED;
        }
        if (!old.type().equals(job.type())) {
            return Result.HELD;
        }
        Entry entry = found.get().entry();
        JobEdit edit = new JobEdit(
                Optional.of(job.payload()),
                Optional.of(job.priority()),
                Optional.of(job.start())
                        .filter(start -> !start.equals(StartTime.now()))
                        .map(start -> start.from(now)));
        return editWaiting(
                old,
                entry,
                edit,
                () -> rows.replaceWaiting(entry, edit, job.key().orElse(null), keyEnds));
    }

    private Result editWaiting(JobDetails job, Entry entry, JobEdit edit, Supplier<Optional<IndexedJob>> write) {
        QueueName queue = job.queue();
        OptionalLong epoch;
        try {
            epoch = epochs.seenOrRead(queue);
            if (epoch.isEmpty()) {
                return Result.UNKNOWN;
            }
            Hold hold = index.hold(queue, epoch.getAsLong(), entry).result().orElse(Hold.UNKNOWN);
            if (hold != Hold.HELD) {
                return hold == Hold.LEASED ? Result.HELD : Result.UNKNOWN;
            }
        } catch (IndexUnavailableException e) {
            return Result.UNKNOWN;
        }
        Optional<IndexedJob> changed = write.get();
        try {
            IndexedJob follower = changed.map(now -> placed(now, job, edit)).orElseGet(() -> unchanged(job, entry));
            index.settle(queue, epoch.getAsLong(), List.of(new Settlement(entry, HOLDER, follower)), 0, 0);
        } catch (IndexUnavailableException e) {
            // The row says all that is needed: the reaper indexes it when the lease has run out, or the rebuilder.
            LOG.debug("a changed job of queue {} waits for the reaper: {}", queue, e.getMessage());
        }
        return changed.isPresent() ? Result.DONE : Result.CHANGED;
    }

    private static IndexedJob placed(IndexedJob changed, JobDetails before, JobEdit edit) {
        boolean keepsPlace = edit.runAt().isEmpty() && !changed.ahead();
        return keepsPlace ? changed.since(before.runAt().toEpochMilli()) : changed;
    }

    /** What goes back where nothing was changed: the entry, unless it is stale. */
    private @Nullable IndexedJob unchanged(JobDetails job, Entry entry) {
        boolean current = queries.find(job.id())
                .filter(found ->
                        found.entry().equals(entry) && !found.details().state().isFinal())
                .isPresent();
        return current ? IndexedJob.runnable(job.queue(), entry, job.runAt().toEpochMilli()) : null;
    }

    /**
     * Removes a job that has ended, with its attempts and files. Its idempotency key goes on standing for it; a unique key
     * it had is free since its end.
     *
     * @return {@link Result#HELD} when it has not ended
     */
    public Result delete(JobId id, Actor actor) {
        if (queries.find(id).isEmpty()) {
            return Result.NOT_FOUND;
        }
        if (!rows.deleteEnded(id, actor)) {
            return Result.HELD;
        }
        try {
            artifacts.deleteAll(id);
        } catch (IOException e) {
            throw new UncheckedIOException("the files of the deleted job " + id + " could not be removed", e);
        }
        try {
            notes.forget(id);
        } catch (IndexUnavailableException e) {
            LOG.debug("the notes of the deleted job {} end by themselves: {}", id, e.getMessage());
        }
        return Result.DONE;
    }
}
