package io.millrace.core.dispatch;

import io.millrace.core.finish.Finisher;
import io.millrace.core.job.ClaimRow;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.StartDeadline;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.StoredState;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.lease.Lease;
import io.millrace.core.lease.LeaseKeeper;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.RunRows;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims jobs for one worker process.
 *
 * <h2>What a claim is</h2>
 *
 * One script moves what is due to ready, takes entries and leases them to a holder that no other claim ever had. Only
 * then the rows are read, and only those run whose fence is the entry's. Anything else that was claimed is settled
 * here: stale entries are dropped, those that are not due yet go back, a noted cancel is carried out, and a job whose start
 * deadline has passed is ended.
 *
 * <p>Safe for any number of threads.
 */
public final class Dispatcher {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final Duration WHILE_UNOPENED = Duration.ofMillis(200);
    private static final Duration AFTER_UNREADABLE = Duration.ofSeconds(10);

    private final QueueIndex index;
    private final Epochs epochs;
    private final RunRows rows;
    private final LeaseKeeper leases;
    private final Finisher finisher;
    private final PostgresClock clock;
    private final String workerId;
    private final AtomicLong claims = new AtomicLong();

    /**
     * Entries that are leased to this process and whose rows are still to be read.
     *
     * @param queue where they were claimed
     * @param leases one for each
     * @param untilNext how long until another claim makes sense, unless a wake-up mark comes first; negative: not known
     */
    public record Claim(QueueName queue, List<Lease> leases, Duration untilNext) {}

    /** Claims for one worker. */
    public Dispatcher(
            QueueIndex index,
            Epochs epochs,
            RunRows rows,
            LeaseKeeper leases,
            Finisher finisher,
            PostgresClock clock,
            String workerId) {
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
        this.leases = leases;
        this.finisher = finisher;
        this.clock = clock;
        this.workerId = workerId;
    }

    /**
     * Takes up to {@code most} entries.
     *
     * @throws IndexUnavailableException when Redis is away
     */
    public Claim claim(QueueName queue, int most) {
        OptionalLong epoch = epochs.seenOrRead(queue);
        if (epoch.isEmpty()) {
            return new Claim(queue, List.of(), WHILE_UNOPENED);
        }
        String holder = workerId + "/" + claims.incrementAndGet();
        long sent = System.nanoTime();
        IndexAnswer<QueueIndex.Claimed> answer = index.claim(queue, epoch.getAsLong(), holder, most);
        if (!(answer instanceof IndexAnswer.Done<QueueIndex.Claimed> done)) {
            epochs.fenced(queue, epoch.getAsLong());
            return new Claim(queue, List.of(), WHILE_UNOPENED);
        }
        List<Lease> held = new ArrayList<>(done.value().entries().size());
        for (Entry entry : done.value().entries()) {
            held.add(leases.hold(queue, new Held(entry, holder), epoch.getAsLong(), sent));
        }
        return new Claim(queue, held, done.value().untilNext());
    }

    /**
     * Reads the rows of a claim and answers what may run. While PostgreSQL is away everything goes back untouched, and
     * so do jobs whose payloads have no room.
     *
     * @param mostBytes how much payload may be read; one job is read in any case
     * @throws StoreUnavailableException when PostgreSQL is away
     */
    public List<ClaimedJob> read(Claim claim, long mostBytes) {
        Map<JobId, ClaimRow> byId = readRows(claim, mostBytes);
        List<ClaimedJob> runnable = new ArrayList<>(claim.leases.size());
        List<Settlement> settled = new ArrayList<>();
        List<Lease> unread = new ArrayList<>();
        for (Lease lease : claim.leases) {
            ClaimRow row = byId.get(lease.entry().id());
            if (row == null || row.fence() != lease.entry().fence() || row.state() != StoredState.WAITING) {
                settled.add(new Settlement(lease.entry(), lease.holder(), null));
                leases.release(lease);
            } else if (row.cancelRequested()) {
                var unused = finisher.finish(
                        new ClaimedJob(claim.queue, lease.entry(), row, lease),
                        new Verdict.Cancelled("cancelled before it started"),
                        System.nanoTime());
            } else if (row.deadline() == StartDeadline.PASSED) {
                var unused = finisher.finish(
                        new ClaimedJob(claim.queue, lease.entry(), row, lease),
                        new Verdict.Expired("no handler had begun by its start deadline"),
                        System.nanoTime());
            } else if (row.notDueUntil().isPresent()) {
                long time = row.notDueUntil().getAsLong();
                settled.add(new Settlement(
                        lease.entry(), lease.holder(), IndexedJob.waiting(claim.queue, lease.entry(), time)));
                leases.release(lease);
            } else if (row.payload().isEmpty()) {
                unread.add(lease);
            } else {
                runnable.add(new ClaimedJob(claim.queue, lease.entry(), row, lease));
            }
        }
        settle(claim.queue, settled, false);
        putBack(claim.queue, unread, Duration.ZERO);
        return runnable;
    }

    private Map<JobId, ClaimRow> readRows(Claim claim, long mostBytes) {
        try {
            // A stale entry may be claimed beside the one that followed it: then the row comes twice.
            return rows.read(claim.leases.stream().map(Lease::entry).toList(), mostBytes).stream()
                    .collect(Collectors.toMap(ClaimRow::id, Function.identity(), (first, same) -> first));
        } catch (StoreUnavailableException e) {
            putBack(claim.queue, claim.leases, Duration.ZERO);
            throw e;
        } catch (RuntimeException e) {
            // Kept on the heartbeat list they would be leased for ever, and with no pause be claimed again at once.
            putBack(claim.queue, claim.leases, AFTER_UNREADABLE);
            throw e;
        }
    }

    /**
     * Notes in PostgreSQL that a job of which {@link ClaimedJob#mustNoteBegin} is true is about to begin; waits for it.
     *
     * @return false when somebody else settled the matter: then it must not begin
     * @throws StoreUnavailableException when PostgreSQL is away
     */
    public boolean noteBegun(ClaimedJob job) {
        return finisher.noteBegun(job);
    }

    /**
     * Hands back what never began, by Redis alone: nothing about the jobs has changed.
     *
     * @param jobs all of one queue
     * @param delay until they may be claimed again
     */
    public void putBack(List<ClaimedJob> jobs, Duration delay) {
        if (!jobs.isEmpty()) {
            putBack(
                    jobs.getFirst().queue(),
                    jobs.stream().map(ClaimedJob::lease).toList(),
                    delay);
        }
    }

    private void putBack(QueueName queue, List<Lease> unbegun, Duration delay) {
        // Off the heartbeat list first: a registration that comes after the hand-back would take it from its next
        // holder.
        unbegun.forEach(leases::release);
        long time = clock.millis() + delay.toMillis();
        List<Settlement> back = unbegun.stream()
                .map(lease -> new Settlement(
                        lease.entry(),
                        lease.holder(),
                        delay.isZero() ? asAccepted(queue, lease) : IndexedJob.waiting(queue, lease.entry(), time)))
                .toList();
        settle(queue, back, delay.isPositive());
    }

    /** Without a delay a job keeps its place: its time of acceptance, which is never after now. */
    private static IndexedJob asAccepted(QueueName queue, Lease lease) {
        return IndexedJob.runnable(queue, lease.entry(), lease.entry().id().unixMillis());
    }

    private void settle(QueueName queue, List<Settlement> settlements, boolean parked) {
        OptionalLong epoch = epochs.seen(queue);
        if (settlements.isEmpty() || epoch.isEmpty()) {
            return;
        }
        try {
            if (parked) {
                index.park(queue, epoch.getAsLong(), settlements);
            } else {
                index.settle(queue, epoch.getAsLong(), settlements, 0, 0);
            }
        } catch (IndexUnavailableException e) {
            log.debug("{} leases of {} are left to the reaper: {}", settlements.size(), queue, e.getMessage());
        }
    }
}
