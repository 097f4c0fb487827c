package io.millrace.core.upkeep;

import io.millrace.core.job.Entry;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.QueueRows.QueueRow;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexSurvey;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.core.upkeep.FsckReport.Difference;
import io.millrace.core.upkeep.FsckReport.Kind;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.WorkerView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Compares every unfinished row with the index by hand, both ways, and mends what differs when told to.
 *
 * <h2>While the system works</h2>
 *
 * Everything moves, and for a moment a row and its entry differ all the time: between a commit and its push, between an
 * outcome and its settlement. So what looks wrong is only a suspect. It is looked at twice more, over as long as the
 * sweeper and the reaper may take to see to it, and only what was wrong each time is a difference.
 *
 * <h2>Mending</h2>
 *
 * Absent jobs go the reaper's way, as the auditor's do, so no fence is handed out twice. A stale entry is dropped by
 * itself, fence included, which nobody can miss. Leases that ran out are reaped. An index that is missing is opened and
 * filled as the rebuilder does it. All of it is what the caretakers do, and right beside them.
 *
 * <p>For one thread.
 */
public final class Fsck {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration CARETAKERS = Duration.ofSeconds(5);
    private static final int PAGE = 1_000;
    private static final int LOOKS = 2;

    private final Stores stores;
    private final Rebuilder rebuilder;
    private final Reaper reaper;
    private final AbsenceWalk walk;
    private final Duration usualWatch;

    /**
     * What is compared.
     *
     * @param queues the queues that exist
     * @param rows their unfinished jobs
     * @param index the index
     * @param survey the index as a whole
     * @param epochs whether it holds
     * @param opener opens it
     * @param workers who gives a sign of life
     */
    public record Stores(
            QueueRows queues,
            UpkeepRows rows,
            QueueIndex index,
            IndexSurvey survey,
            Epochs epochs,
            QueueOpener opener,
            WorkerDirectory workers) {}

    /**
     * What to do.
     *
     * @param queue the only queue to look at; empty for all
     * @param repair whether to mend what differs
     * @param watch how long a suspect is watched before it counts; empty for as long as the caretakers may take
     */
    public record Options(Optional<QueueName> queue, boolean repair, Optional<Duration> watch) {

        /** Every queue, nothing mended. */
        public static final Options LOOK = new Options(Optional.empty(), false, Optional.empty());
    }

    /** @param longestStatement what the sweeper lags behind */
    public Fsck(Stores stores, Duration longestStatement) {
        this.stores = stores;
        this.walk = new AbsenceWalk(stores.index, stores.epochs, stores.rows);
        this.rebuilder = new Rebuilder(stores.opener, stores.index, stores.epochs, walk, stores.queues);
        this.reaper = new Reaper(stores.index, stores.epochs, stores.rows);
        Duration lease = stores.index.lease();
        this.usualWatch = (lease.compareTo(longestStatement) > 0 ? lease : longestStatement).plus(CARETAKERS);
    }

    /**
     * Compares once.
     *
     * @throws io.millrace.core.job.EngineException when a store is away: then nothing is known
     */
    public FsckReport check(Options options) {
        Duration watch = options.watch.orElse(usualWatch);
        List<QueueName> queues = stores.queues.all().stream()
                .map(QueueRow::name)
                .filter(name -> options.queue.map(name::equals).orElse(true))
                .toList();
        List<Difference> differences = new ArrayList<>(checkIndexes(queues, watch));
        if (options.repair && !differences.isEmpty()) {
            rebuild(differences);
        }
        Comparison comparison = new Comparison(stores);
        queues.stream().filter(queue -> flaw(queue).isEmpty()).forEach(comparison::compare);
        for (int look = 0; look < LOOKS && comparison.hasSuspects(); look++) {
            pause(watch.dividedBy(LOOKS));
            comparison.lookAgain();
        }
        differences.addAll(comparison.differences(liveWorkers()));
        if (options.repair) {
            mend(differences);
        }
        return new FsckReport(queues.size(), comparison.rows(), comparison.entries(), differences, options.repair);
    }

    private Set<String> liveWorkers() {
        return stores.workers.live().stream().map(WorkerView::id).collect(Collectors.toSet());
    }

    /** An index may be on its way: its rebuilding takes a lease. */
    private List<Difference> checkIndexes(List<QueueName> queues, Duration watch) {
        awaitFor(watch, () -> queues.stream().allMatch(queue -> flaw(queue).isEmpty()));
        List<Difference> differences = new ArrayList<>();
        for (QueueName queue : queues) {
            flaw(queue).ifPresent(flaw -> differences.add(new Difference(Kind.INDEX, queue, Optional.empty(), flaw)));
        }
        return differences;
    }

    /** What is wrong with an index as a whole. */
    private Optional<String> flaw(QueueName queue) {
        Epochs.State state = stores.epochs.read(queue);
        Optional<QueueRow> row = stores.queues.find(queue);
        if (!state.holds()) {
            return Optional.of("Redis has no index of it");
        }
        if (state.number() > stores.queues.newestEpoch(queue)) {
            return Optional.of("its index is newer than PostgreSQL, which was restored; empty Redis");
        }
        if (!state.rebuilt()) {
            return Optional.of("its index is not complete yet");
        }
        return row.map(QueueRow::dispatch)
                .filter(settings -> !settings.equals(state.dispatch()))
                .map(settings -> "its index is told " + state.dispatch() + " and not " + settings);
    }

    private void rebuild(List<Difference> differences) {
        List<QueueName> queues = differences.stream().map(Difference::queue).toList();
        awaitFor(stores.index.lease().plus(CARETAKERS), () -> {
            queues.forEach(rebuilder::work);
            return queues.stream().allMatch(queue -> flaw(queue).isEmpty());
        });
    }

    private void mend(List<Difference> differences) {
        for (QueueName queue : queuesWith(Kind.ABSENT, differences)) {
            adopt(queue);
        }
        for (QueueName queue : queuesWith(Kind.STALE, differences)) {
            Pages.of(entries(Kind.STALE, queue, differences), PAGE)
                    .forEach(page -> stores.survey.drop(queue, number(queue), page));
        }
        for (QueueName queue : queuesWith(Kind.OVERDUE, differences)) {
            reap(queue, entries(Kind.OVERDUE, queue, differences));
        }
    }

    /** The reaper of a node takes them within a second; where none runs, this one does. */
    private void adopt(QueueName queue) {
        walk.adoptAbsent(queue, number(queue), false, Optional.empty(), () -> {});
        boolean more = true;
        while (more) {
            more = reaper.reap(queue);
        }
    }

    /** Where no reaper has run for a while, the first pass judges nobody and gives every lease another full one. */
    private void reap(QueueName queue, List<Entry> leased) {
        awaitFor(stores.index.lease().plus(CARETAKERS), () -> {
            reaper.reap(queue);
            return Pages.of(leased, PAGE).stream()
                    .allMatch(page -> stores.survey
                                    .absent(queue, number(queue), page)
                                    .result()
                                    .map(List::size)
                                    .orElse(page.size())
                            == page.size());
        });
    }

    private long number(QueueName queue) {
        return stores.epochs.seenOrRead(queue).orElse(-1);
    }

    private static Set<QueueName> queuesWith(Kind kind, List<Difference> differences) {
        return differences.stream()
                .filter(each -> each.kind() == kind)
                .map(Difference::queue)
                .collect(Collectors.toSet());
    }

    private static List<Entry> entries(Kind kind, QueueName queue, List<Difference> differences) {
        return differences.stream()
                .filter(each -> each.kind() == kind && each.queue().equals(queue))
                .flatMap(each -> each.entry().stream())
                .toList();
    }

    private static void awaitFor(Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            pause(LOOK_AGAIN);
        }
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !Thread.interrupted(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
