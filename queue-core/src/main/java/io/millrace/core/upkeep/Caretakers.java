package io.millrace.core.upkeep;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.operate.OperationStep;
import io.millrace.core.postgres.LeaderLock;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.Retention;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the caretakers of one node, a loop each. Every node runs all of them; a lock lets one at a time work, which only
 * saves work. When a node dies, another goes on within seconds.
 */
public final class Caretakers implements AutoCloseable {

    private static final Duration REBUILD_EVERY = Duration.ofMillis(500);
    private static final Duration REAP_EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(2);
    private static final Duration PROMOTE_EVERY = Duration.ofSeconds(5);
    private static final Duration EXPIRE_EVERY = Duration.ofSeconds(1);
    private static final Duration CANCEL_EVERY = Duration.ofSeconds(1);
    private static final int MOST_CANCELS = 1_000;
    private static final Duration OPERATE_EVERY = Duration.ofSeconds(1);
    private static final Duration OPERATE_AGAIN = Duration.ofMillis(50);
    private static final Duration AUDIT_EVERY = Duration.ofMinutes(10);
    private static final Duration AUDIT_LAG = Duration.ofSeconds(10);
    private static final Duration CLEAN_EVERY = Duration.ofMinutes(1);

    /**
     * A step hands the lock back well before PostgreSQL would take it, and the reaper comes back to each queue before
     * the gap between two passes is so long that it may judge no lease.
     */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(1);

    private final QueueRows queues;
    private final LeaderLock leader;
    private final PostgresClock clock;
    private final Rebuilder rebuilder;
    private final Auditor auditor;
    private final Reaper reaper;
    private final Sweeper sweeper;
    private final Promoter promoter;
    private final Expirer expirer;
    private final Janitor janitor;
    private final OperationStep operations;
    private final List<Loop> loops = new ArrayList<>();
    private boolean leftByReaper;

    /**
     * What the caretakers work with.
     *
     * @param queues the queues that exist
     * @param rows unfinished jobs
     * @param partitions the days
     * @param retention what is removed
     * @param leader the lock
     * @param clock PostgreSQL's
     * @param longestStatement what the sweeper lags behind
     */
    public record Store(
            QueueRows queues,
            UpkeepRows rows,
            Partitions partitions,
            Retention retention,
            LeaderLock leader,
            PostgresClock clock,
            Duration longestStatement) {}

    /** Prepares the caretakers; {@link #start} sets them to work. */
    public Caretakers(
            Store store,
            QueueIndex index,
            Epochs epochs,
            QueueOpener opener,
            ArtifactStore artifacts,
            OperationStep operations,
            UpkeepConfig config) {
        this.queues = store.queues;
        this.leader = store.leader;
        this.clock = store.clock;
        AbsenceWalk walk = new AbsenceWalk(index, epochs, store.rows);
        this.rebuilder = new Rebuilder(opener, index, epochs, walk, store.queues);
        this.auditor = new Auditor(epochs, walk, store.clock, store.longestStatement.plus(AUDIT_LAG));
        this.reaper = new Reaper(index, epochs, store.rows);
        this.sweeper = new Sweeper(index, epochs, store.rows, store.clock, store.longestStatement);
        this.promoter = new Promoter(opener, index, epochs, store.rows, store.clock);
        this.expirer = new Expirer(index, epochs, store.rows);
        this.operations = operations;
        this.janitor = new Janitor(store.partitions, store.retention, artifacts, store.clock, config);
    }

    /** Makes the partitions that accepting needs, then starts every loop. */
    public void start() {
        janitor.makeAhead();
        loops.add(new Loop("rebuilder", this::rebuild).start());
        loops.add(new Loop("reaper", this::reap).start());
        loops.add(new Loop("sweeper", () -> alone("sweeper", sweeper::sweep, SWEEP_EVERY)).start());
        loops.add(new Loop("promoter", () -> alone("promoter", promoter::promote, PROMOTE_EVERY)).start());
        loops.add(new Loop("expirer", () -> alone("expirer", () -> expirer.expire(LONGEST_STEP), EXPIRE_EVERY))
                .start());
        loops.add(new Loop("auditor", this::audit).start());
        loops.add(new Loop(
                        "canceller",
                        () -> alone("canceller", () -> operations.carryOutCancels(MOST_CANCELS), CANCEL_EVERY))
                .start());
        loops.add(new Loop("operations", this::operate).start());
        loops.add(new Loop("janitor", this::clean).start());
    }

    private Duration alone(String duty, Runnable step, Duration pause) {
        leader.tryRun(duty, step);
        return pause;
    }

    /** Looks without the lock, since looking also tells this node the numbers; works under it. */
    private Duration rebuild() {
        clock.refresh();
        for (QueueName queue : rebuilder.needingWork(queues.all())) {
            leader.tryRunLong("rebuilder:" + queue, goOn -> rebuilder.work(queue, goOn));
        }
        return REBUILD_EVERY;
    }

    /** Goes on at once with every queue where some were left. */
    private Duration reap() {
        boolean all = leftByReaper;
        leftByReaper = false;
        leader.tryRun("reaper", () -> leftByReaper = reapInTurn(all));
        return leftByReaper ? Duration.ZERO : REAP_EVERY;
    }

    /** A page of each queue in turn, so that no queue with many expired leases keeps another waiting. */
    private boolean reapInTurn(boolean all) {
        List<QueueName> names =
                queues.all().stream().map(QueueRows.QueueRow::name).toList();
        List<QueueName> open = new ArrayList<>(all ? names : reaper.due(names));
        long end = System.nanoTime() + LONGEST_STEP.toNanos();
        while (!open.isEmpty() && System.nanoTime() - end < 0) {
            open.removeIf(queue -> !reaper.reap(queue));
        }
        return !open.isEmpty();
    }

    private Duration audit() {
        leader.tryRunLong("auditor", goOn -> queues.all().forEach(queue -> auditor.audit(queue.name(), goOn)));
        return AUDIT_EVERY;
    }

    private Duration operate() {
        boolean[] more = {false};
        leader.tryRun("operations", () -> more[0] = operations.run(LONGEST_STEP));
        return more[0] ? OPERATE_AGAIN : OPERATE_EVERY;
    }

    private Duration clean() {
        boolean[] more = {false};
        leader.tryRun("janitor", () -> {
            janitor.makeAhead();
            more[0] = janitor.cleanUp();
        });
        return more[0] ? Duration.ofMillis(100) : CLEAN_EVERY;
    }

    @Override
    public void close() {
        loops.forEach(Loop::stop);
        loops.forEach(Loop::close);
    }
}
