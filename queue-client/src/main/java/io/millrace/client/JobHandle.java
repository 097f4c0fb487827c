package io.millrace.client;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One job of the service, by its id. Holds no state of the job: each call asks. Usable for as long as the client it came
 * from is open; safe for many threads. Every method throws {@link RejectedException} when the service refuses, with
 * status 404 when there is no such job (any more), and {@link UnavailableException} when no usable answer came.
 */
public final class JobHandle {

    private final Millrace millrace;
    private final JobId id;
    private final boolean replayed;

    JobHandle(Millrace millrace, JobId id, boolean replayed) {
        this.millrace = millrace;
        this.id = id;
        this.replayed = replayed;
    }

    /** The job's id. */
    public JobId id() {
        return id;
    }

    /**
     * Whether the service said that the submit's idempotency key had made this job before. False for a handle that came
     * from a bulk submit or from {@link Millrace#job(JobId)}.
     */
    public boolean replayed() {
        return replayed;
    }

    /** The job as it is now. */
    public JobView view() {
        return Waiting.on(viewAsync());
    }

    /** As {@link #view()}; the future fails with what that would throw. */
    public CompletableFuture<JobView> viewAsync() {
        return millrace.view(id);
    }

    /**
     * Waits until the job has ended, in whatever way: succeeded, dead or cancelled. The service is asked at growing
     * intervals, from 25 ms to 1 s; outages are sat out.
     *
     * @param time how long to wait; zero looks once. A last look that has begun may take a second more
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

    /** As {@link Millrace#cancel}. */
    public JobView cancel() {
        return millrace.cancel(id);
    }

    /** As {@link Millrace#redrive}. */
    public JobView redrive() {
        return millrace.redrive(id);
    }

    /** As {@link Millrace#artifact}. */
    public InputStream artifact(String name) {
        return millrace.artifact(id, name);
    }

    @Override
    public String toString() {
        return "JobHandle[" + id + "]";
    }
}
