package io.millrace.core.accept;

import io.millrace.core.batch.GroupCommit;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.operate.JobEditor;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.IdSource;
import io.millrace.core.postgres.RowRefusedException;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.queue.QueueWatch;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexPusher;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Accepts jobs. A completed future means that the job is on PostgreSQL's disk.
 *
 * <h2>The order of writes</h2>
 *
 * The numbers of the queues' indexes are looked up first, then keys and rows are committed in one statement, then the
 * ids are handed to the pusher. A crash after the commit leaves a job that the sweeper indexes; a repeated submit with
 * its key gets the same job.
 *
 * <h2>Races for a key</h2>
 *
 * PostgreSQL decides: the statement inserts the rows of those keys only that it could take. Whoever lost reads the
 * winner in a new statement, which sees what the first could not. A winner that has vanished meanwhile (its key expired,
 * its job ended) means: try again. An idempotency key that stands for a job answers before a unique key does.
 *
 * <h2>Lanes</h2>
 *
 * Jobs with a unique key have a lane and a statement of their own, and so have jobs that stand and fall together. So a
 * plain job pays nothing for what those need, and waits for none of their locks.
 *
 * <h2>Backlog limits</h2>
 *
 * A job that finds no room makes no row. Its key may stand for a job already, so keys are looked up before it is refused:
 * a repeated submit is answered however much waits.
 *
 * <p>Safe for any number of threads.
 */
public final class JobAcceptor implements AutoCloseable {

    private static final int OVERHEAD_BYTES = 300;
    private static final GroupCommit.Limits LIMITS =
            new GroupCommit.Limits(1_000, 8 << 20, 50_000, 128L << 20, 2, Optional.of(Duration.ofSeconds(1)));

    /** What falls due within this time goes to Redis at once; what is farther away is the promoter's. */
    private static final Duration PUSH_HORIZON = Duration.ofMinutes(2);

    private static final GroupCommit.Limits UNIQUE_LIMITS =
            new GroupCommit.Limits(1_000, 8 << 20, 50_000, 128L << 20, 1);
    private static final GroupCommit.Limits WHOLE_LIMITS = new GroupCommit.Limits(1, 1, 100, 128L << 20, 1);

    private final Stock stock;
    private final QueueOpener queues;
    private final Epochs epochs;
    private final IndexPusher pusher;
    private final Replacement replacement;
    private final GroupCommit<NewJob, Acceptance> commits;
    private final GroupCommit<NewJob, Acceptance> uniques;
    private final GroupCommit<List<NewJob>, WholeAcceptance> wholes;

    /** Starts the committing threads. */
    public JobAcceptor(
            AcceptRows rows,
            IdSource ids,
            QueueOpener queues,
            Epochs epochs,
            IndexPusher pusher,
            QueueWatch watch,
            JobEditor editor) {
        this.stock = new Stock(rows, ids, watch);
        this.queues = queues;
        this.epochs = epochs;
        this.pusher = pusher;
        this.replacement = new Replacement(stock, editor, this::acceptUnique);
        this.commits = new GroupCommit<>("accept", LIMITS, JobAcceptor::weigh, new EachWriter(rows::insert));
        this.uniques = new GroupCommit<>(
                "accept-unique", UNIQUE_LIMITS, JobAcceptor::weigh, new EachWriter(rows::insertUnique));
        this.wholes = new GroupCommit<>("accept-whole", WHOLE_LIMITS, JobAcceptor::weigh, this::writeWholes);
    }

    private static int weigh(NewJob job) {
        return job.payload().length + OVERHEAD_BYTES;
    }

    private static int weigh(List<NewJob> jobs) {
        return jobs.stream().mapToInt(JobAcceptor::weigh).sum();
    }

    /**
     * Accepts one job; never blocks.
     *
     * @return completes when it is committed; fails with {@link StoreUnavailableException} when PostgreSQL is away (the
     *     job may or may not be accepted then: repeat it with its key), or with
     *     {@link io.millrace.core.job.OverloadedException} when too much waits
     */
    public CompletableFuture<Acceptance> accept(NewJob job) {
        return job.unique().isEmpty() ? commits.submit(job) : replacement.after(job, acceptUnique(job));
    }

    /**
     * Accepts several jobs in order, each as {@link #accept} does, but refuses all together when too much waits: those with
     * a unique key together, and those without.
     */
    public List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> jobs) {
        List<NewJob> unique =
                jobs.stream().filter(job -> job.unique().isPresent()).toList();
        if (unique.isEmpty()) {
            return commits.submitAll(jobs);
        }
        Iterator<CompletableFuture<Acceptance>> plainAnswers = commits.submitAll(
                        jobs.stream().filter(job -> job.unique().isEmpty()).toList())
                .iterator();
        Iterator<CompletableFuture<Acceptance>> uniqueAnswers =
                uniques.submitAll(unique).iterator();
        return jobs.stream()
                .map(job -> job.unique().isEmpty() ? plainAnswers.next() : replacement.after(job, uniqueAnswers.next()))
                .toList();
    }

    /**
     * Accepts jobs that stand and fall together; never blocks. A job that an earlier request made, or one that is to be
     * answered with an existing job, is no obstacle. Nothing is replaced: {@link io.millrace.protocol.OnConflict#REPLACE}
     * is as good as a refusal here.
     *
     * @return completes when all are committed, by one statement, or when it is known that nothing was done; fails as
     *     {@link #accept} does
     */
    public CompletableFuture<WholeAcceptance> acceptWhole(List<NewJob> jobs) {
        return wholes.submit(jobs);
    }

    private CompletableFuture<Acceptance> acceptUnique(NewJob job) {
        return uniques.submit(job);
    }

    @Override
    public void close() {
        commits.close();
        uniques.close();
        wholes.close();
    }

    private final class EachWriter implements GroupCommit.Writer<NewJob, Acceptance> {

        private final Function<List<Candidate>, Set<JobId>> insert;

        EachWriter(Function<List<Candidate>, Set<JobId>> insert) {
            this.insert = insert;
        }

        @Override
        public List<Acceptance> write(List<NewJob> jobs) {
            Map<QueueName, OptionalLong> numbers = prepare(jobs);
            EachBatch batch = new EachBatch(stock, jobs, insert);
            List<Acceptance> answers = batch.commit();
            push(batch.accepted(), numbers);
            return answers;
        }

        @Override
        public boolean isItemsFault(RuntimeException failure) {
            return failure instanceof RowRefusedException;
        }
    }

    private List<WholeAcceptance> writeWholes(List<List<NewJob>> wholes) {
        return wholes.stream().map(this::writeWhole).toList();
    }

    private WholeAcceptance writeWhole(List<NewJob> jobs) {
        Map<QueueName, OptionalLong> numbers = prepare(jobs);
        WholeBatch batch = new WholeBatch(stock, jobs);
        WholeAcceptance answer = batch.commit();
        push(batch.accepted(), numbers);
        return answer;
    }

    /** The numbers of the indexes, looked up before anything is committed. */
    private Map<QueueName, OptionalLong> prepare(List<NewJob> jobs) {
        stock.watch().start();
        Map<QueueName, OptionalLong> numbers = new HashMap<>();
        for (NewJob job : jobs) {
            if (!numbers.containsKey(job.queue())) {
                queues.prepare(job.queue());
                numbers.put(job.queue(), epochs.seen(job.queue()));
            }
        }
        return numbers;
    }

    private void push(List<Candidate> accepted, Map<QueueName, OptionalLong> numbers) {
        Map<QueueName, List<IndexedJob>> byQueue = new HashMap<>();
        for (Candidate candidate : accepted) {
            if (candidate.runMillis() - candidate.id().unixMillis() <= PUSH_HORIZON.toMillis()) {
                Entry entry = Entry.first(candidate.id(), candidate.job().priority());
                byQueue.computeIfAbsent(candidate.job().queue(), queue -> new ArrayList<>())
                        .add(new IndexedJob(
                                candidate.job().queue(), entry, candidate.runMillis(), candidate.isAhead()));
            }
        }
        byQueue.forEach((queue, jobs) -> stock.watch().accepted(queue, jobs.size()));
        byQueue.forEach((queue, jobs) ->
                pusher.push(numbers.getOrDefault(queue, OptionalLong.empty()), QueueIndex.Origin.ACCEPT, jobs));
    }
}
