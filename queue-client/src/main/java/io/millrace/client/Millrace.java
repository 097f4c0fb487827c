package io.millrace.client;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A client of one Millrace service: {@code Millrace.connect("http://127.0.0.1:8080", key)}. One instance serves a whole
 * application; it is safe for many threads and keeps its connections.
 *
 * <h2>Repeats</h2>
 *
 * A call whose connection breaks, or that is answered 429, 502, 503, 504 or 500 with code {@code internal}, is repeated
 * with growing, jittered pauses, or after the time that the answer's {@code Retry-After} asks for, until
 * {@link MillraceClientConfig#totalDeadline()} is over. Every submit carries an idempotency key that stays the same, so
 * this never makes two jobs. Pausing, resuming and settings of queues are the same twice as once. Cancel, redrive, edits and
 * removals are repeated only when the first try certainly did nothing.
 *
 * <h2>Failures</h2>
 *
 * {@link RejectedException}: refused, and the same request would be refused again. {@link UnavailableException}: no
 * usable answer. Asynchronous methods throw nothing of this; their futures fail with it. A future's dependents run on
 * threads of the client: hand long work to an executor of your own. Cancelling a future of a submit does not call the
 * submit back.
 */
public final class Millrace implements AutoCloseable {

    private static final int KEY_BYTES = 20;

    private final Transport transport;
    private final Calls calls;
    private final BulkSubmitter bulk;
    private final RandomGenerator random;

    private Millrace(MillraceClientConfig config, Executor executor) {
        this(config, new HttpCarrier(config, executor), executor);
    }

    private Millrace(MillraceClientConfig config, Carrier carrier, Executor executor) {
        this(config, carrier, executor, delayedOn(executor), InstantSource.system(), new SecureRandom());
    }

    Millrace(
            MillraceClientConfig config,
            Carrier carrier,
            Executor executor,
            Pause pause,
            InstantSource clock,
            RandomGenerator random) {
        var wire = new Wire(config.payloadMapper());
        this.transport = new Transport(config, wire, carrier, executor, pause, clock, random);
        this.calls = new Calls(transport, wire);
        this.bulk = new BulkSubmitter(this, calls, wire);
        this.random = random;
    }

    /**
     * A client with the default settings. Nothing is sent yet: a wrong key shows at the first call.
     *
     * @throws IllegalArgumentException when the URL or the key is not as it must be
     */
    public static Millrace connect(String baseUrl, String apiKey) {
        return connect(MillraceClientConfig.of(baseUrl, apiKey));
    }

    /** A client with these settings. Nothing is sent yet. */
    public static Millrace connect(MillraceClientConfig config) {
        return new Millrace(config, ClientThreads.start());
    }

    /**
     * A client whose requests go where the carrier takes them. For stand-ins of the service; the base URL of the
     * configuration is not used.
     */
    public static Millrace connect(MillraceClientConfig config, Carrier carrier) {
        return new Millrace(config, carrier, ClientThreads.start());
    }

    /**
     * Submits a job with the service's defaults for everything but type and payload. When this returns, the service has
     * stored the job.
     *
     * @throws IllegalArgumentException when the type breaks {@link io.millrace.protocol.JobType#RULE}
     * @throws RejectedException when the service refuses it
     * @throws UnavailableException when no usable answer came; see {@link UnavailableException#idempotencyKey()}
     */
    public JobHandle enqueue(String type, Object payload) {
        return enqueue(Job.of(type).payload(payload));
    }

    /**
     * Submits a job. When this returns, the service has stored it.
     *
     * @throws RejectedException when the service refuses it
     * @throws UnavailableException when no usable answer came; see {@link UnavailableException#idempotencyKey()}
     */
    public JobHandle enqueue(JobRequest request) {
        String key = keyFor(request);
        return Waiting.on(submit(request, key), key);
    }

    /** As {@link #enqueue(String, Object)}, without waiting. */
    public CompletableFuture<JobHandle> enqueueAsync(String type, Object payload) {
        return enqueueAsync(Job.of(type).payload(payload));
    }

    /**
     * As {@link #enqueue(JobRequest)}, without waiting. The payload is written before this returns, so it may be changed
     * afterwards. For very many jobs use {@link #enqueueAll}: each submit under way takes a connection.
     */
    public CompletableFuture<JobHandle> enqueueAsync(JobRequest request) {
        return submit(request, keyFor(request));
    }

    /**
     * Submits any number of jobs, one after the other in requests of at most 1,000 jobs and 8 MiB. Not all or nothing:
     * each job stands for itself, and the deadline holds for each request. Once a request gets no usable answer, the
     * ones after it are not sent, and their jobs are {@link Submission.Unanswered} too.
     *
     * @return what became of each, in order
     * @throws RejectedException when the very first request is refused as a whole, as for a wrong API key
     */
    public BulkResult enqueueAll(List<JobRequest> requests) {
        return Waiting.on(enqueueAllAsync(requests));
    }

    /** As {@link #enqueueAll}, without waiting. Payloads are written while it goes on: leave them unchanged. */
    public CompletableFuture<BulkResult> enqueueAllAsync(List<JobRequest> requests) {
        return bulk.submit(requests);
    }

    /**
     * Submits jobs that stand and fall together: all are accepted by one commit, or none. They go in one request, so there
     * are at most 10,000 of them, and 16 MiB. One that an earlier request with its key has made is no obstacle, nor is one
     * that asks for the existing job of its unique key; none can replace that.
     *
     * @return the handle of each, in order
     * @throws IllegalArgumentException when there are more than one request takes
     * @throws RejectedException when nothing was accepted; {@link RejectedException#errors()} names every job that was in
     *     the way, by pointers that begin with its place. The code is that of the first, such as
     *     {@link UniqueConflictException}
     * @throws UnavailableException when no usable answer came: all may be accepted or none. Submit the same again, with
     *     idempotency keys of your own, to be sure
     */
    public List<JobHandle> enqueueAtomically(List<JobRequest> requests) {
        return Waiting.on(enqueueAtomicallyAsync(requests));
    }

    /** As {@link #enqueueAtomically}, without waiting. Payloads are written before this returns. */
    public CompletableFuture<List<JobHandle>> enqueueAtomicallyAsync(List<JobRequest> requests) {
        return bulk.submitWhole(requests);
    }

    /** The handle of a job known by its id. Asks nothing yet. */
    public JobHandle job(JobId id) {
        return new JobHandle(this, id, null);
    }

    /**
     * As {@link #job(JobId)}.
     *
     * @throws IllegalArgumentException when the text is not a job's id
     */
    public JobHandle job(String id) {
        return job(jobId(id));
    }

    /**
     * The jobs that match, one after the other: dead ones by their death, the last first; scheduled ones by their time, the
     * next first; all others newest first. Pages are asked for as the stream comes to them, so its operations throw what
     * {@link #page} throws, and what changes meanwhile may be seen or not. Of each job, what {@link JobPage#jobs()} says is
     * left out. For one thread; need not be closed.
     */
    public Stream<JobView> jobs(JobFilter filter) {
        return Listing.stream(
                (cursor, limit) -> calls.jobs(cursor == null ? filter : filter.after(cursor), limit)
                        .thenApply(page -> new Listing.Part<>(page.jobs(), page.nextCursor())),
                filter.query().limit());
    }

    /**
     * One page of the jobs that match, in the order of {@link #jobs}.
     *
     * @throws RejectedException when the key may not see jobs, or the cursor is not of this filter
     * @throws UnavailableException when no usable answer came
     */
    public JobPage page(JobFilter filter) {
        return Waiting.on(pageAsync(filter));
    }

    /** As {@link #page}, without waiting. */
    public CompletableFuture<JobPage> pageAsync(JobFilter filter) {
        return calls.jobs(filter, Listing.pageLimit(filter.query().limit()));
    }

    /**
     * Cancels a job.
     *
     * @return the job as it is then; one that runs may take a moment to end
     * @throws RejectedException with status 409 when its state does not allow it, 404 when there is none
     * @throws UnavailableException when no usable answer came; the job may be cancelled or not
     */
    public JobView cancel(JobId id) {
        return Waiting.on(calls.cancel(id));
    }

    /**
     * Makes a job that has ended run again.
     *
     * @return the job as it is then
     * @throws RejectedException with status 409 when its state does not allow it, 404 when there is none
     * @throws UnavailableException when no usable answer came; the job may be redriven or not
     */
    public JobView redrive(JobId id) {
        return Waiting.on(calls.redrive(id));
    }

    /**
     * Opens a file that a job made. Read it soon and close it: it holds a connection. Once it is open nothing is
     * repeated and no deadline holds; a break shows as an {@link java.io.IOException}.
     *
     * @param name as in {@link JobView.ArtifactView#name()}
     * @throws RejectedException with status 404 when there is no such job or artifact
     * @throws UnavailableException when no usable answer came
     */
    public InputStream artifact(JobId id, String name) {
        return Waiting.on(calls.artifact(id, name));
    }

    /**
     * The queues with their numbers.
     *
     * @throws RejectedException when the key may not see them
     * @throws UnavailableException when no usable answer came
     */
    public List<QueueView> queues() {
        return Waiting.on(queuesAsync());
    }

    /** As {@link #queues}, without waiting. */
    public CompletableFuture<List<QueueView>> queuesAsync() {
        return calls.queues();
    }

    /**
     * The handle of a queue, to look at it, pause it, resume it and change its settings. Asks nothing yet.
     *
     * @throws IllegalArgumentException when the name breaks {@link QueueName#RULE}
     */
    public QueueHandle queue(String name) {
        return new QueueHandle(calls, new QueueName(name));
    }

    /**
     * The live worker processes.
     *
     * @throws RejectedException when the key may not see them
     * @throws UnavailableException when no usable answer came
     */
    public List<WorkerView> workers() {
        return Waiting.on(workersAsync());
    }

    /** As {@link #workers}, without waiting. */
    public CompletableFuture<List<WorkerView>> workersAsync() {
        return calls.workers();
    }

    /** The service's API keys, for a client whose own key may look after them. Asks nothing yet. */
    public KeysHandle keys() {
        return new KeysHandle(calls);
    }

    /** The dead jobs of the service, many at a time. Asks nothing yet. */
    public DeadLettersHandle deadLetters() {
        return new DeadLettersHandle(calls);
    }

    /** The changes of many jobs that the service is at. Asks nothing yet. */
    public OperationsHandle operations() {
        return new OperationsHandle(calls);
    }

    /** The service's audit log, for a client whose key may see it. Asks nothing yet. */
    public AuditHandle audit() {
        return new AuditHandle(calls);
    }

    /** The handle of a worker, to look at it, make it quiet, resume and stop it. Asks nothing yet. */
    public WorkerHandle worker(String id) {
        return new WorkerHandle(calls, id);
    }

    /**
     * Ends every call under way with an {@link UnavailableException} and refuses later ones with an
     * {@link IllegalStateException}. May be called twice. Open artifact streams are the caller's to close.
     */
    @Override
    public void close() {
        transport.close();
    }

    /** The request with the key it will be sent with. */
    JobRequest withKey(JobRequest request) {
        return request.idempotencyKey().isPresent() ? request : request.idempotencyKey(newKey());
    }

    Calls calls() {
        return calls;
    }

    CompletableFuture<JobView> await(JobId id, Duration time, boolean mustSucceed) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the time to wait must not be negative, but was " + time);
        }
        return new JobAwaiter(calls, transport, id, time, mustSucceed).start();
    }

    private CompletableFuture<JobHandle> submit(JobRequest request, String key) {
        return calls.submit(request, key)
                .thenApply(accepted -> handle(accepted.job().id(), accepted.outcome()));
    }

    JobHandle handle(String id, SubmitOutcome outcome) {
        return new JobHandle(this, jobId(id), outcome);
    }

    static JobId jobId(String id) {
        return JobId.parse(id)
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is not a job's id, which is a UUID"));
    }

    private String keyFor(JobRequest request) {
        return request.idempotencyKey().orElseGet(this::newKey);
    }

    private String newKey() {
        var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static Pause delayedOn(Executor executor) {
        return time -> CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, executor));
    }
}
