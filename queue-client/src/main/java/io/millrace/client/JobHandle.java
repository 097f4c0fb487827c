package io.millrace.client;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobView;
import io.millrace.protocol.Limits;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One job of the service, by its id. Holds no state of the job: each call asks. Usable for as long as the client it came
 * from is open; safe for many threads. Every method throws {@link RejectedException} when the service refuses, with
 * status 404 when there is no such job (any more), and {@link UnavailableException} when no usable answer came.
 */
public final class JobHandle {

    private final Millrace millrace;
    private final JobId id;
    private final @Nullable SubmitOutcome outcome;

    JobHandle(Millrace millrace, JobId id, @Nullable SubmitOutcome outcome) {
        this.millrace = millrace;
        this.id = id;
        this.outcome = outcome;
    }

    /** The job's id. */
    public JobId id() {
        return id;
    }

    /** What the submit came to that this handle came from; empty for one that came from {@link Millrace#job(JobId)}. */
    public Optional<SubmitOutcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** Whether the service said that the submit's idempotency key had made this job before. */
    public boolean replayed() {
        return outcome == SubmitOutcome.REPLAYED;
    }

    /** The job as it is now. */
    public JobView view() {
        return Waiting.on(viewAsync());
    }

    /** As {@link #view()}; the future fails with what that would throw. */
    public CompletableFuture<JobView> viewAsync() {
        return millrace.calls().job(id);
    }

    /** The job as it is now, with the tag that {@link #changedSince} and {@link #edit(JobEdit, JobSnapshot)} need. */
    public JobSnapshot snapshot() {
        return Waiting.on(snapshotAsync());
    }

    /** As {@link #snapshot}, without waiting. */
    public CompletableFuture<JobSnapshot> snapshotAsync() {
        return millrace.calls().snapshot(id);
    }

    /**
     * The job as it is now, if it is not as it was seen; of one that has not changed nothing is sent.
     *
     * @throws IllegalArgumentException when another job was seen
     */
    public Optional<JobSnapshot> changedSince(JobSnapshot seen) {
        return Waiting.on(changedSinceAsync(seen));
    }

    /** As {@link #changedSince}, without waiting. */
    public CompletableFuture<Optional<JobSnapshot>> changedSinceAsync(JobSnapshot seen) {
        return millrace.calls().changedSince(mine(seen));
    }

    /**
     * Waits until the job has ended, in whatever way: succeeded, dead or cancelled. The service answers the moment it has,
     * so this returns about one way over the network later; outages are sat out.
     *
     * @param time how long to wait; zero looks once. An answer that is on its way may take a second more
     * @return the job as it ended
     * @throws AwaitTimeoutException when it had not ended by then
     */
    public JobView await(Duration time) {
        return Waiting.on(awaitAsync(time));
    }

    /** As {@link #await}; cancelling the future ends the waiting. */
    public CompletableFuture<JobView> awaitAsync(Duration time) {
        return millrace.await(id, time, false);
    }

    /**
     * Waits until the job has succeeded.
     *
     * @param time as for {@link #await}
     * @return the job, with its result
     * @throws JobFailedException when it ended dead or cancelled
     * @throws AwaitTimeoutException when it had not ended by then
     */
    public JobView awaitSuccess(Duration time) {
        return Waiting.on(awaitSuccessAsync(time));
    }

    /** As {@link #awaitSuccess}; cancelling the future ends the waiting. */
    public CompletableFuture<JobView> awaitSuccessAsync(Duration time) {
        return millrace.await(id, time, true);
    }

    /**
     * What the job's handler logged: the last lines, as many as are kept. They live in the service's memory for a day or so
     * and may be lost with it.
     */
    public JobLogView logs() {
        return Waiting.on(logsAsync(Limits.MAX_LOG_LINES));
    }

    /**
     * As {@link #logs()}, without waiting.
     *
     * @param last how many lines at most
     * @throws IllegalArgumentException when that is not 1 to {@link Limits#MAX_LOG_LINES}
     */
    public CompletableFuture<JobLogView> logsAsync(int last) {
        if (last < 1 || last > Limits.MAX_LOG_LINES) {
            throw new IllegalArgumentException(
                    "the number of lines must be 1 to " + Limits.MAX_LOG_LINES + ", not " + last);
        }
        return millrace.calls().logs(id, last);
    }

    /** As {@link Millrace#cancel}. */
    public JobView cancel() {
        return Waiting.on(cancelAsync());
    }

    /** As {@link Millrace#cancel}, without waiting. */
    public CompletableFuture<JobView> cancelAsync() {
        return millrace.calls().cancel(id);
    }

    /** As {@link Millrace#redrive}. */
    public JobView redrive() {
        return Waiting.on(redriveAsync());
    }

    /** As {@link Millrace#redrive}, without waiting. */
    public CompletableFuture<JobView> redriveAsync() {
        return millrace.calls().redrive(id);
    }

    /**
     * Changes a job that nobody runs: one that waits, or of a dead or cancelled one payload and priority, before it is
     * redriven. A job that waits keeps its place unless its start is changed.
     *
     * @return the job as it is then
     * @throws RejectedException with status 409 when its state does not allow it
     * @throws UnavailableException when no usable answer came; the job may be changed or not
     * @throws IllegalArgumentException when the edit changes nothing
     */
    public JobSnapshot edit(JobEdit edit) {
        return Waiting.on(editAsync(edit));
    }

    /** As {@link #edit(JobEdit)}, without waiting. */
    public CompletableFuture<JobSnapshot> editAsync(JobEdit edit) {
        return millrace.calls().edit(id, changing(edit), null);
    }

    /**
     * As {@link #edit(JobEdit)}, but only while the job is as it was seen.
     *
     * @throws RejectedException with status 412 and code {@code changed_meanwhile} when it is not
     * @throws IllegalArgumentException when the edit changes nothing, or another job was seen
     */
    public JobSnapshot edit(JobEdit edit, JobSnapshot seen) {
        return Waiting.on(editAsync(edit, seen));
    }

    /** As {@link #edit(JobEdit, JobSnapshot)}, without waiting. */
    public CompletableFuture<JobSnapshot> editAsync(JobEdit edit, JobSnapshot seen) {
        return millrace.calls().edit(id, changing(edit), mine(seen).etag());
    }

    /**
     * Removes a job that has ended, with its attempts and files. Its idempotency key goes on standing for it.
     *
     * @throws RejectedException with status 409 when it has not ended
     * @throws UnavailableException when no usable answer came; the job may be gone or not
     */
    public void delete() {
        Waiting.on(deleteAsync());
    }

    /** As {@link #delete}, without waiting. */
    public CompletableFuture<Void> deleteAsync() {
        return millrace.calls().delete(id);
    }

    /** As {@link Millrace#artifact}. */
    public InputStream artifact(String name) {
        return Waiting.on(artifactAsync(name));
    }

    /** As {@link Millrace#artifact}, without waiting for its first byte. */
    public CompletableFuture<InputStream> artifactAsync(String name) {
        return millrace.calls().artifact(id, name);
    }

    private static JobEdit changing(JobEdit edit) {
        if (edit.isEmpty()) {
            throw new IllegalArgumentException("the edit changes nothing: say payload, priority, delay or runAt");
        }
        return edit;
    }

    private JobSnapshot mine(JobSnapshot seen) {
        if (!seen.job().id().equals(id.toString())) {
            throw new IllegalArgumentException("job " + seen.job().id() + " was seen, not job " + id);
        }
        return seen;
    }

    @Override
    public String toString() {
        return "JobHandle[" + id + "]";
    }
}
