package io.millrace.core;

import io.millrace.core.accept.JobAcceptor;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.dispatch.Dispatcher;
import io.millrace.core.finish.Finisher;
import io.millrace.core.lease.LeaseKeeper;
import io.millrace.core.limit.Quota;
import io.millrace.core.limit.TokenLimit;
import io.millrace.core.operate.AuditLog;
import io.millrace.core.operate.DeadLetters;
import io.millrace.core.operate.Health;
import io.millrace.core.operate.JobEditor;
import io.millrace.core.operate.JobLogs;
import io.millrace.core.operate.JobOperator;
import io.millrace.core.operate.JobReader;
import io.millrace.core.operate.JobSearch;
import io.millrace.core.operate.JobWatch;
import io.millrace.core.operate.OperationStep;
import io.millrace.core.operate.Operations;
import io.millrace.core.operate.QueueDepths;
import io.millrace.core.operate.QueueOperator;
import io.millrace.core.operate.RecentFailures;
import io.millrace.core.operate.WorkerRegistry;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.ApiKeyRows;
import io.millrace.core.postgres.AuditRows;
import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.IdSource;
import io.millrace.core.postgres.JobEditRows;
import io.millrace.core.postgres.JobListRows;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.postgres.LeaderLock;
import io.millrace.core.postgres.OperationRows;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.Retention;
import io.millrace.core.postgres.RunRows;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.queue.QueueWatch;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexPusher;
import io.millrace.core.redis.JobNotes;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.TokenBuckets;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.core.thread.NamedThreads;
import io.millrace.core.upkeep.Caretakers;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * The engine of one process, wired. It opens the stores, brings the schema up to date and starts the caretakers; closing
 * it ends everything in order. Safe for any number of threads.
 */
public final class QueueEngine implements AutoCloseable {

    private final Database database;
    private final Redis redis;
    private final ArtifactStore artifacts;
    private final PostgresClock clock;
    private final QueueIndex index;
    private final Epochs epochs;
    private final WorkerDirectory directory;
    private final JobNotes notes;
    private final IndexPusher pusher;
    private final JobAcceptor acceptor;
    private final JobQueries queries;
    private final QueueRows queues;
    private final OperationRows operations;
    private final IdSource ids;
    private final QueueWatch watch;
    private final QueueDepths depths;
    private final Caretakers caretakers;
    private final ExecutorService limiting = NamedThreads.virtualPerTask("limit");

    private QueueEngine(Database database, Redis redis, ArtifactStore artifacts, EngineConfig config) {
        this.database = database;
        this.redis = redis;
        this.artifacts = artifacts;
        this.clock = new PostgresClock(database);
        this.index = new QueueIndex(redis);
        this.epochs = new Epochs(redis);
        this.directory = new WorkerDirectory(redis);
        this.notes = new JobNotes(redis, config.upkeep().keepLogs());
        this.pusher = new IndexPusher(index, epochs);
        this.queries = new JobQueries(database);
        this.queues = new QueueRows(database);
        QueueOpener opener = new QueueOpener(queues, index, epochs);
        Caretakers.Store store = new Caretakers.Store(
                queues,
                new UpkeepRows(database),
                new Partitions(database),
                new Retention(database),
                new LeaderLock(database),
                clock,
                config.postgres().statementTimeout());
        this.operations = new OperationRows(database);
        OperationStep step = new OperationStep(
                operations, new JobListRows(database), new JobEditRows(database), operator(), artifacts);
        this.caretakers = new Caretakers(store, index, epochs, opener, artifacts, step, config.upkeep());
        this.ids = new IdSource(clock, RandomGenerator.of("L64X128MixRandom"));
        this.depths = new QueueDepths(queues, queries, index);
        this.watch = new QueueWatch(queues, index, config.backlog());
        this.acceptor = new JobAcceptor(new AcceptRows(database), ids, opener, epochs, pusher, watch, editor());
    }

    /**
     * Opens the engine. Redis may be away: accepting works, and running resumes when it is back.
     *
     * @param artifacts where jobs' files are, for their removal with the job
     * @throws io.millrace.core.job.StoreUnavailableException when PostgreSQL cannot be reached
     * @throws io.millrace.core.config.ConfigException when a server would lose what it acknowledged
     */
    public static QueueEngine open(EngineConfig config, ArtifactStore artifacts) {
        Database database = Database.open(config.postgres());
        Redis redis = new Redis(config.redis());
        try {
            redis.refuseEvictingServer();
            QueueEngine engine = new QueueEngine(database, redis, artifacts, config);
            engine.caretakers.start();
            return engine;
        } catch (RuntimeException e) {
            redis.close();
            database.close();
            throw e;
        }
    }

    /** Accepts jobs. */
    public JobAcceptor acceptor() {
        return acceptor;
    }

    /** Shows jobs. */
    public JobReader reader() {
        return new JobReader(queries, index, notes, directory);
    }

    /** Shows what handlers logged. */
    public JobLogs logs() {
        return new JobLogs(queries, notes);
    }

    /** Lists jobs. */
    public JobSearch search() {
        return new JobSearch(new JobListRows(database), queries, queues, index);
    }

    /** Lets callers wait for jobs; theirs to start and close. */
    public JobWatch watch() {
        return new JobWatch(queries);
    }

    /** Cancels and redrives jobs. */
    public JobOperator operator() {
        return new JobOperator(queries, index, epochs, pusher, reader());
    }

    /** Groups dead jobs. */
    public DeadLetters deadLetters() {
        return new DeadLetters(new JobListRows(database));
    }

    /** Changes many jobs. */
    public Operations operations() {
        return new Operations(operations, ids);
    }

    /** Changes and removes jobs. */
    public JobEditor editor() {
        return new JobEditor(queries, new JobEditRows(database), index, epochs, notes, artifacts);
    }

    /** Counts what is in the queues. */
    public QueueDepths depths() {
        return depths;
    }

    /** Pauses and resumes queues, and changes their settings. */
    public QueueOperator queueOperator() {
        return new QueueOperator(queues, index);
    }

    /** Lists the live workers. */
    public WorkerRegistry workers() {
        return new WorkerRegistry(directory, new AuditRows(database));
    }

    /** Shows the newest failed attempts. */
    public RecentFailures failures() {
        return new RecentFailures(queries);
    }

    /** Tells whether this node can do its work. */
    public Health health() {
        return new Health(new Partitions(database), clock, redis);
    }

    /** Shows who did what. */
    public AuditLog auditLog() {
        return new AuditLog(new AuditRows(database));
    }

    /** Makes and checks API keys. */
    public ApiKeys apiKeys() {
        return new ApiKeys(new ApiKeyRows(database));
    }

    /** Keeps a quota together with all other processes. */
    public TokenLimit limit(Quota quota) {
        return new TokenLimit(quota, new TokenBuckets(redis), limiting);
    }

    /** The parts that one worker process runs jobs with. */
    public WorkerParts workerParts(String workerId) {
        RunRows rows = new RunRows(database);
        LeaseKeeper leases = new LeaseKeeper(redis, index, epochs);
        Finisher finisher = new Finisher(rows, index, epochs, leases, workerId);
        Dispatcher dispatcher = new Dispatcher(index, epochs, rows, leases, finisher, clock, workerId);
        return new WorkerParts(dispatcher, finisher, leases, index, notes, directory);
    }

    /**
     * What a worker process works with.
     *
     * @param dispatcher claims
     * @param finisher records
     * @param leases renews
     * @param index for wake-ups and announced queues
     * @param notes for what handlers say of their jobs
     * @param directory for its signs of life
     */
    public record WorkerParts(
            Dispatcher dispatcher,
            Finisher finisher,
            LeaseKeeper leases,
            QueueIndex index,
            JobNotes notes,
            WorkerDirectory directory) {}

    @Override
    public void close() {
        acceptor.close();
        watch.close();
        pusher.close();
        caretakers.close();
        limiting.close();
        redis.close();
        database.close();
    }
}
