package io.millrace.core.finish;

import io.millrace.core.batch.GroupCommit;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.lease.LeaseKeeper;
import io.millrace.core.postgres.RowRefusedException;
import io.millrace.core.postgres.RunRows;
import io.millrace.core.postgres.RunRows.Ending;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how attempts ended, and where it must be known that they began, in batches.
 *
 * <h2>The order of writes</h2>
 *
 * First the row, under the fence of the entry that was claimed; only then the lease is dropped and what follows is
 * indexed. A process that dies in between leaves a lease, which the reaper finds, and a row that tells it what to do. An
 * outcome whose fence has moved on changes nothing: somebody else settled the matter.
 *
 * <p>While PostgreSQL is away outcomes are held and tried again; their leases stay on the heartbeat list. Safe for any
 * number of threads.
 */
public final class Finisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Finisher.class);
    private static final int OVERHEAD_BYTES = 200;
    private static final GroupCommit.Limits OUTCOMES =
            new GroupCommit.Limits(1_000, 8 << 20, Integer.MAX_VALUE, Long.MAX_VALUE, 2);
    private static final GroupCommit.Limits SETTLEMENTS =
            new GroupCommit.Limits(1_000, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, 1);
    private static final GroupCommit.Limits BEGINNINGS =
            new GroupCommit.Limits(1_000, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, 1);
    private static final Duration PAUSE_WHILE_AWAY = Duration.ofMillis(200);

    private final RunRows rows;
    private final QueueIndex index;
    private final Epochs epochs;
    private final LeaseKeeper leases;
    private final String workerId;
    private final GroupCommit<Outcome, Boolean> outcomes;
    private final GroupCommit<Settled, Boolean> settlements;
    private final GroupCommit<Entry, Boolean> beginnings;
    private volatile boolean givingUp;

    private record Outcome(ClaimedJob job, Verdict verdict, long startedNanos) {

        int weight() {
            return verdict instanceof Verdict.Succeeded s ? s.result().length + OVERHEAD_BYTES : OVERHEAD_BYTES;
        }
    }

    private record Settled(QueueName queue, long epoch, Settlement settlement, boolean ended, boolean failed) {}

    private record Target(QueueName queue, long epoch) {}

    /** Starts the recording threads. */
    public Finisher(RunRows rows, QueueIndex index, Epochs epochs, LeaseKeeper leases, String workerId) {
        this.rows = rows;
        this.index = index;
        this.epochs = epochs;
        this.leases = leases;
        this.workerId = workerId;
        this.settlements = new GroupCommit<>("settle", SETTLEMENTS, settled -> 0, this::settle);
        this.beginnings = new GroupCommit<>("begin", BEGINNINGS, entry -> 0, this::note);
        this.outcomes = new GroupCommit<>("finish", OUTCOMES, Outcome::weight, new Recorder());
    }

    /**
     * Records how an attempt ended; never blocks.
     *
     * @param startedNanos when the handler began, on the monotonic clock
     * @return completes when PostgreSQL has answered: true when the outcome counts, false when it was refused
     */
    public CompletableFuture<Boolean> finish(ClaimedJob job, Verdict verdict, long startedNanos) {
        return outcomes.submit(new Outcome(job, verdict, startedNanos)).whenComplete((counts, failure) -> {
            if (failure != null) {
                // Nobody will record it any more: without renewals the lease runs out, and the reaper sees to the job.
                leases.release(job.lease());
                log.error(
                        "the outcome of job {} could not be recorded",
                        job.entry().id(),
                        failure);
            }
        });
    }

    /**
     * Notes that a handler is about to begin, and waits until PostgreSQL has answered.
     *
     * @return false when the fence has moved on: then it must not begin
     * @throws StoreUnavailableException when PostgreSQL is away
     */
    public boolean noteBegun(ClaimedJob job) {
        try {
            return beginnings.submit(job.entry()).join();
        } catch (CompletionException e) {
            throw new StoreUnavailableException(
                    "The beginning of job " + job.entry().id() + " could not be noted", e);
        }
    }

    private List<Boolean> note(List<Entry> batch) {
        Set<JobId> begun = rows.noteBegun(batch);
        return batch.stream().map(entry -> begun.contains(entry.id())).toList();
    }

    private final class Recorder implements GroupCommit.Writer<Outcome, Boolean> {

        @Override
        public List<Boolean> write(List<Outcome> batch) {
            Map<QueueName, OptionalLong> numbers = new HashMap<>();
            batch.forEach(outcome -> numbers.computeIfAbsent(outcome.job.queue(), epochs::seen));
            List<RunRows.Receipt> receipts = record(batch);
            List<Boolean> answers = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                answers.add(afterRecord(batch.get(i), receipts.get(i), numbers));
            }
            return answers;
        }

        @Override
        public boolean isItemsFault(RuntimeException failure) {
            return failure instanceof RowRefusedException;
        }
    }

    /** Repeats until PostgreSQL answers. A repetition of what was recorded already is refused and harmless. */
    private List<RunRows.Receipt> record(List<Outcome> batch) {
        for (int round = 0; ; round++) {
            long now = System.nanoTime();
            try {
                return rows.finish(batch.stream()
                        .map(outcome -> new Ending(
                                outcome.job.entry(),
                                outcome.verdict,
                                workerId,
                                Duration.ofNanos(now - outcome.startedNanos)))
                        .toList());
            } catch (StoreUnavailableException e) {
                if (givingUp) {
                    throw e;
                }
                if (round == 0) {
                    log.warn("{} outcomes are held until PostgreSQL answers: {}", batch.size(), e.getMessage());
                }
                LockSupport.parkNanos(PAUSE_WHILE_AWAY.toNanos());
            }
        }
    }

    private boolean afterRecord(Outcome outcome, RunRows.Receipt receipt, Map<QueueName, OptionalLong> numbers) {
        ClaimedJob job = outcome.job;
        leases.release(job.lease());
        if (!receipt.recorded()) {
            log.warn(
                    "the outcome of job {} was refused: its fence has moved on from {}",
                    job.entry().id(),
                    job.entry().fence());
            return false;
        }
        OptionalLong epoch = numbers.getOrDefault(job.queue(), OptionalLong.empty());
        if (epoch.isPresent()) {
            boolean again = receipt.dueMillis().isPresent();
            IndexedJob follower = again
                    ? IndexedJob.waiting(
                            job.queue(),
                            job.entry().withFence(job.entry().fence() + 1),
                            receipt.dueMillis().getAsLong())
                    : null;
            boolean failed = outcome.verdict instanceof Verdict.Retried || outcome.verdict instanceof Verdict.Died;
            var unused = settlements.submit(new Settled(
                    job.queue(),
                    epoch.getAsLong(),
                    new Settlement(job.entry(), job.lease().holder(), follower),
                    !again,
                    failed));
        }
        return true;
    }

    private List<Boolean> settle(List<Settled> batch) {
        Map<Target, List<Settled>> byTarget = new HashMap<>();
        batch.forEach(
                settled -> byTarget.computeIfAbsent(new Target(settled.queue, settled.epoch), key -> new ArrayList<>())
                        .add(settled));
        byTarget.forEach(this::settle);
        return batch.stream().map(settled -> true).toList();
    }

    private void settle(Target target, List<Settled> settled) {
        try {
            index.settle(
                    target.queue,
                    target.epoch,
                    settled.stream().map(Settled::settlement).toList(),
                    (int) settled.stream().filter(Settled::ended).count(),
                    (int) settled.stream().filter(Settled::failed).count());
        } catch (IndexUnavailableException e) {
            log.debug("{} leases of {} are left to the reaper: {}", settled.size(), target.queue, e.getMessage());
        }
    }

    /** Records what waits, then returns. What PostgreSQL does not take now is left to the reaper. */
    @Override
    public void close() {
        givingUp = true;
        beginnings.close();
        outcomes.close();
        settlements.close();
    }
}
