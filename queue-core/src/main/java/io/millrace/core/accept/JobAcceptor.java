package io.millrace.core.accept;

import io.millrace.core.batch.GroupCommit;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.AcceptRows.Winner;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

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
 * winner in a new statement, which sees what the first could not. A winner that has vanished meanwhile (its key expired)
 * means: try again.
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

    private static final int MOST_KEY_ROUNDS = 5;

    private final AcceptRows rows;
    private final IdSource ids;
    private final QueueOpener queues;
    private final Epochs epochs;
    private final IndexPusher pusher;
    private final QueueWatch watch;
    private final GroupCommit<NewJob, Acceptance> commits;

    /** Starts the committing threads. */
    public JobAcceptor(
            AcceptRows rows, IdSource ids, QueueOpener queues, Epochs epochs, IndexPusher pusher, QueueWatch watch) {
        this.rows = rows;
        this.ids = ids;
        this.queues = queues;
        this.epochs = epochs;
        this.pusher = pusher;
        this.watch = watch;
        this.commits = new GroupCommit<>("accept", LIMITS, JobAcceptor::weigh, new Writer());
    }

    private static int weigh(NewJob job) {
        return job.payload().length + OVERHEAD_BYTES;
    }

    /**
     * Accepts one job; never blocks.
     *
     * @return completes when it is committed; fails with {@link StoreUnavailableException} when PostgreSQL is away (the
     *     job may or may not be accepted then: repeat it with its key), or with
     *     {@link io.millrace.core.job.OverloadedException} when too much waits
     */
    public CompletableFuture<Acceptance> accept(NewJob job) {
        return commits.submit(job);
    }

    /** Accepts several jobs in order, each as {@link #accept} does, but refuses all together when too much waits. */
    public List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> jobs) {
        return commits.submitAll(jobs);
    }

    @Override
    public void close() {
        commits.close();
    }

    private final class Writer implements GroupCommit.Writer<NewJob, Acceptance> {

        @Override
        public List<Acceptance> write(List<NewJob> batch) {
            watch.start();
            Map<QueueName, OptionalLong> numbers = new HashMap<>();
            for (NewJob job : batch) {
                if (!numbers.containsKey(job.queue())) {
                    queues.prepare(job.queue());
                    numbers.put(job.queue(), epochs.seen(job.queue()));
                }
            }
            Acceptance[] answers = new Acceptance[batch.size()];
            List<Candidate> accepted = commit(batch, answers);
            push(accepted, numbers);
            return Arrays.asList(answers);
        }

        @Override
        public boolean isItemsFault(RuntimeException failure) {
            return failure instanceof RowRefusedException;
        }
    }

    /** Fills in an answer for every job, and returns those that were accepted now. */
    private List<Candidate> commit(List<NewJob> batch, Acceptance[] answers) {
        List<Candidate> accepted = new ArrayList<>(batch.size());
        List<Integer> open = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            open.add(i);
        }
        refuseWithoutRoom(batch, open, answers);
        for (int round = 0; !open.isEmpty(); round++) {
            if (round == MOST_KEY_ROUNDS) {
                throw new StoreUnavailableException(
                        "An idempotency key changed hands too often",
                        new IllegalStateException("key still open after " + round + " rounds"));
            }
            insert(batch, open, answers, accepted);
            readWinners(batch, open, answers);
        }
        return accepted;
    }

    /** Closes those that find no room, with the job of their key where that stands. */
    private void refuseWithoutRoom(List<NewJob> batch, List<Integer> open, Acceptance[] answers) {
        if (!watch.isLimited()) {
            return;
        }
        Room room = new Room(watch);
        Map<Integer, Acceptance> refused = new LinkedHashMap<>();
        for (int i : open) {
            room.take(batch.get(i)).ifPresent(full -> refused.put(i, full));
        }
        readWinners(
                batch,
                new ArrayList<>(refused.keySet().stream()
                        .filter(i -> batch.get(i).key().isPresent())
                        .toList()),
                answers);
        refused.forEach((i, full) -> {
            if (answers[i] == null) {
                answers[i] = full;
            }
        });
        open.removeAll(refused.keySet());
    }

    /** Inserts the open jobs, only the first of each key, and closes those that won. */
    private void insert(List<NewJob> batch, List<Integer> open, Acceptance[] answers, List<Candidate> accepted) {
        Map<Integer, Candidate> candidates = new HashMap<>();
        Set<List<String>> keys = new HashSet<>();
        for (int i : open) {
            NewJob job = batch.get(i);
            if (job.key().isEmpty() || keys.add(scoped(job.key().get()))) {
                JobId id = ids.next();
                candidates.put(
                        i,
                        new Candidate(
                                id,
                                job,
                                job.start().from(id.createdAt()).toEpochMilli(),
                                watch.settings(job.queue()).keyLife()));
            }
        }
        Set<JobId> won = rows.insert(open.stream()
                .filter(candidates::containsKey)
                .map(candidates::get)
                .toList());
        open.removeIf(i -> {
            Candidate candidate = candidates.get(i);
            if (candidate == null || !won.contains(candidate.id())) {
                return false;
            }
            answers[i] = new Acceptance.Accepted(
                    candidate.id(),
                    Instant.ofEpochMilli(candidate.runMillis()),
                    candidate.job().key().map(key -> Instant.ofEpochMilli(candidate.keyEndsMillis())));
            accepted.add(candidate);
            return true;
        });
    }

    /** Reads, in a new statement, who has the keys of the open jobs, and closes those whose key stands. */
    private void readWinners(List<NewJob> batch, List<Integer> open, Acceptance[] answers) {
        if (open.isEmpty()) {
            return;
        }
        List<IdempotencyKey> keys = open.stream()
                .map(i -> batch.get(i).key().orElseThrow())
                .distinct()
                .toList();
        Map<List<String>, Winner> winners = rows.winners(keys).stream()
                .collect(Collectors.toMap(
                        winner -> List.of(winner.owner(), winner.key()), winner -> winner, (a, b) -> a));
        open.removeIf(i -> {
            IdempotencyKey key = batch.get(i).key().orElseThrow();
            Winner winner = winners.get(scoped(key));
            if (winner == null) {
                return false;
            }
            answers[i] = key.sameRequest(winner.fingerprint())
                    ? new Acceptance.Replayed(
                            winner.id(),
                            Instant.ofEpochMilli(winner.runMillis()),
                            Instant.ofEpochMilli(winner.keyEndsMillis()))
                    : new Acceptance.KeyReused(winner.id());
            return true;
        });
    }

    private static List<String> scoped(IdempotencyKey key) {
        return List.of(key.owner(), key.key());
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
        byQueue.forEach((queue, jobs) -> watch.accepted(queue, jobs.size()));
        byQueue.forEach((queue, jobs) ->
                pusher.push(numbers.getOrDefault(queue, OptionalLong.empty()), QueueIndex.Origin.ACCEPT, jobs));
    }
}
