package io.millrace.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.dispatch.Dispatcher;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.upkeep.UpkeepConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An engine with one worker's parts, and the few steps that most tests take with them. */
public final class TestEngine implements AutoCloseable {

    /** The type of every test's jobs. */
    public static final JobType TYPE = new JobType("test.work");

    /** For tests that wait for a lease to run out, and long enough for a process that pauses for seconds to keep it. */
    public static final Duration SHORT_LEASE = Duration.ofSeconds(4);

    /** No test's matter is a statement that takes long because the machine has much to do. */
    private static final Duration PATIENT_STATEMENTS = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Patience.LONGEST;

    private final QueueEngine engine;
    private final QueueEngine.WorkerParts worker;

    private TestEngine(QueueEngine engine, String workerId) {
        this.engine = engine;
        this.worker = engine.workerParts(workerId);
        worker.leases().start();
    }

    /** Opens one on these stores, whose leases outlast whatever a test does. */
    public static TestEngine on(Stores stores, String workerId) {
        return on(stores, workerId, RedisConfig.DEFAULT_LEASE);
    }

    /** Opens one on these stores with leases of this length. */
    public static TestEngine on(Stores stores, String workerId, Duration lease) {
        return on(stores, workerId, lease, PATIENT_STATEMENTS);
    }

    /**
     * Opens one on these stores.
     *
     * @param statement how long a statement may take; the caretakers' walks lag behind by it
     */
    public static TestEngine on(Stores stores, String workerId, Duration lease, Duration statement) {
        return open(
                new PostgresConfig(stores.jdbcUrl(), stores.user(), stores.password(), 12, statement),
                patientRedis(stores).withLease(lease),
                workerId);
    }

    /** Opens one on these servers. */
    public static TestEngine open(PostgresConfig postgres, RedisConfig redis, String workerId) {
        return open(postgres, redis, BacklogConfig.DEFAULT, workerId);
    }

    /** Opens one on these servers, with a limit for all queues together. */
    public static TestEngine open(PostgresConfig postgres, RedisConfig redis, BacklogConfig backlog, String workerId) {
        EngineConfig config = new EngineConfig(postgres, redis, UpkeepConfig.DEFAULT, backlog);
        return new TestEngine(QueueEngine.open(config, new NoArtifacts()), workerId);
    }

    /** The engine itself. */
    public QueueEngine engine() {
        return engine;
    }

    /** The worker's parts. */
    public QueueEngine.WorkerParts worker() {
        return worker;
    }

    /** A job of the tests' type. */
    public static NewJob jobIn(QueueName queue) {
        return NewJob.of(TYPE, "{\"n\":1}".getBytes(UTF_8)).inQueue(queue);
    }

    /** A queue that no other test uses. */
    public static QueueName freshQueue() {
        return new QueueName("q" + UUID.randomUUID().toString().substring(0, 8));
    }

    /** Accepts a job and waits for its commit. */
    public Acceptance accept(NewJob job) {
        try {
            return engine.acceptor().accept(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new AssertionError("a submit was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits longer than the default for a server that shares its machine with other tests. */
    public static RedisConfig patientRedis(Stores stores) {
        return new RedisConfig(
                URI.create(stores.redisUri()), stores.keyPrefix(), Duration.ofSeconds(10), RedisConfig.DEFAULT_LEASE);
    }

    /** Accepts a job that must be new, and answers its id. */
    public JobId submit(NewJob job) {
        return ((Acceptance.Accepted) accept(job)).id();
    }

    /** Claims until as many jobs may run as asked for. */
    public List<ClaimedJob> claim(QueueName queue, int count) {
        List<ClaimedJob> claimed = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (claimed.size() < count) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("only " + claimed.size() + " of " + count + " jobs could be claimed");
            }
            claimed.addAll(claimPatiently(queue, count - claimed.size()));
        }
        return claimed;
    }

    /** As a worker does, it asks again when the index does not answer. */
    private List<ClaimedJob> claimPatiently(QueueName queue, int most) {
        Dispatcher.Claim claim;
        try {
            worker.index().awaitWork(queue, Duration.ofMillis(20));
            claim = worker.dispatcher().claim(queue, most);
        } catch (IndexUnavailableException e) {
            return List.of();
        }
        return worker.dispatcher().read(claim, Long.MAX_VALUE);
    }

    /** Claims one job. */
    public ClaimedJob claimOne(QueueName queue) {
        return claim(queue, 1).getFirst();
    }

    /** Claims once; what may run of it. */
    public List<ClaimedJob> claimNow(QueueName queue, int most) {
        return worker.dispatcher().read(worker.dispatcher().claim(queue, most), Long.MAX_VALUE);
    }

    /** Records how an attempt ended; whether that counts. */
    public boolean finish(ClaimedJob job, Verdict verdict) {
        return worker.finisher().finish(job, verdict, System.nanoTime()).join();
    }

    /** Records a success. */
    public boolean succeed(ClaimedJob job) {
        return finish(job, new Verdict.Succeeded("{}".getBytes(UTF_8)));
    }

    /** A job that must exist. */
    public JobDetails find(JobId id) {
        return engine.reader().find(id).orElseThrow();
    }

    @Override
    public void close() {
        worker.leases().close();
        worker.finisher().close();
        engine.close();
    }

    /** Stands for a store of files where no test makes any. */
    public static class NoArtifacts implements ArtifactStore {

        @Override
        public Artifact save(JobId job, String name, String contentType, Content content) {
            throw new UnsupportedOperationException("no test saves a file");
        }

        @Override
        public Optional<OpenArtifact> open(JobId job, String name) {
            return Optional.empty();
        }

        @Override
        public List<Artifact> list(JobId job) {
            return List.of();
        }

        @Override
        public void deleteAll(JobId job) throws IOException {}
    }
}
