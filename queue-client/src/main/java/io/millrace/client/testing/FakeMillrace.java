package io.millrace.client.testing;

import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.client.UnavailableException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import java.time.InstantSource;
import java.util.List;

/**
 * A service in memory, for tests of code that submits jobs: give that code {@link #client()}, look at what it
 * {@linkplain #enqueued() enqueued}, and say how the jobs end.
 *
 * <pre>{@code
 * try (var fake = new FakeMillrace()) {
 *     new Shop(fake.client()).order("4711");
 *     assertThat(fake.enqueued("email.send")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>It takes and refuses requests as the service does: start times, start deadlines, retry policies and the payloads of
 * the built-in types are checked, an idempotency key stands for its job for a day, and another request with the same key is
 * refused; a unique key is held by one unfinished job of its queue. Jobs can be seen, awaited, listed, edited, cancelled, redriven and removed, queues listed, paused and resumed. No
 * worker runs, so nothing ends unless the test says so; there are no workers to list, the audit log is
 * empty, there are no operations, and settings of queues and changes of many jobs are refused.
 *
 * <p>Safe for many threads. Nothing of it leaves the process.
 */
public final class FakeMillrace implements AutoCloseable {

    private final FakeService service;
    private final Millrace client;

    /** An empty service that goes by the clock of the machine. */
    public FakeMillrace() {
        this(InstantSource.system());
    }

    /** An empty service with a clock of its own, to let delays and deadlines pass. The client's own waits do not go by it. */
    public FakeMillrace(InstantSource clock) {
        this.service = new FakeService(clock);
        this.client = Millrace.connect(MillraceClientConfig.of("http://fake.invalid", "fake"), service);
    }

    /** The client to give to the code that is tested; always the same one. */
    public Millrace client() {
        return client;
    }

    /** Every job that was accepted and not removed, in order, as it is now. */
    public List<FakeJob> enqueued() {
        return service.jobs();
    }

    /** As {@link #enqueued()}, of one type only. */
    public List<FakeJob> enqueued(String type) {
        return enqueued().stream().filter(job -> job.view().type().equals(type)).toList();
    }

    /**
     * A job, as it is now.
     *
     * @throws IllegalArgumentException when there is none with this id
     */
    public FakeJob job(JobId id) {
        return service.job(id);
    }

    /**
     * A worker begins an attempt.
     *
     * @throws IllegalStateException when the job runs already, has ended or waits for a time
     */
    public void begin(JobId id) {
        service.begin(id);
    }

    /**
     * A job succeeds; one that did not run begins first.
     *
     * @param result what its handler returned: anything that Jackson can write
     * @throws IllegalStateException when the job has ended or waits for a time
     */
    public void succeed(JobId id, Object result) {
        service.end(id, JobState.SUCCEEDED, "", "", result);
    }

    /**
     * A job dies of a permanent failure; one that did not run begins first.
     *
     * @param message what went wrong
     * @throws IllegalStateException when the job has ended or waits for a time
     */
    public void fail(JobId id, String message) {
        service.end(id, JobState.DEAD, "permanent", message, "");
    }

    /** Gives a job a file, as its handler would. */
    public void attach(JobId id, String name, String contentType, byte[] content) {
        service.attach(id, name, contentType, content);
    }

    /** The next call does nothing and fails with {@link UnavailableException}, after no repeats. Calls add up. */
    public void failNext() {
        service.plan(Mishap.LOST_REQUEST);
    }

    /**
     * The next call is carried out and fails with {@link UnavailableException} all the same, as when the answer is lost.
     * Calls add up.
     */
    public void loseNextAnswer() {
        service.plan(Mishap.LOST_ANSWER);
    }

    /**
     * The next call does nothing and is refused with {@link io.millrace.client.RejectedException}. Calls add up.
     *
     * @throws IllegalArgumentException when the client would repeat the call after such an answer
     */
    public void refuseNext(ErrorCode code, String detail) {
        if (code.retryHelps()) {
            throw new IllegalArgumentException(
                    code + " is repeated by the client for its whole deadline; use failNext() for the end of that");
        }
        service.plan(Mishap.refusal(code, detail));
    }

    /** Closes the client. */
    @Override
    public void close() {
        client.close();
    }
}
