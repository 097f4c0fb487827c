package io.millrace.core.upkeep;

import io.millrace.core.job.DispatchSettings;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.QueueName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the index back after Redis lost it, or came back as another one.
 *
 * <h2>Why it waits</h2>
 *
 * A new epoch is open for accepted jobs at once. What was accepted before may be running: for one lease the live workers
 * register what they hold, and only then everything unfinished, due and absent is put among the leases, expired and
 * nobody's, where the reaper raises its fence before it is indexed. The first epoch of a queue needs no wait, since
 * nothing was ever handed out before it. While the mark is missing, any node repeats the last step.
 *
 * <h2>Settings</h2>
 *
 * The index has a copy of whether the queue is paused, and of the limits of its dispatch. An operator writes both, row
 * first; where that was cut short, or two operators crossed each other, the copy differs from the row and is written again.
 */
final class Rebuilder {

    private static final Logger log = LoggerFactory.getLogger(Rebuilder.class);
    private static final long FIRST = 1;

    private final QueueOpener opener;
    private final QueueIndex index;
    private final Epochs epochs;
    private final AbsenceWalk walk;
    private final QueueRows queues;

    /** Queues without an index at the last look, with their newest number. */
    private final Map<QueueName, Long> missing = new HashMap<>();

    Rebuilder(QueueOpener opener, QueueIndex index, Epochs epochs, AbsenceWalk walk, QueueRows queues) {
        this.opener = opener;
        this.index = index;
        this.epochs = epochs;
        this.walk = walk;
        this.queues = queues;
    }

    /** The queues whose index needs work; reading them also tells this node their numbers. */
    List<QueueName> needingWork(List<QueueRows.QueueRow> rows) {
        List<Epochs.State> states =
                epochs.read(rows.stream().map(QueueRows.QueueRow::name).toList());
        return IntStream.range(0, rows.size())
                .filter(i -> needsWork(rows.get(i), states.get(i)))
                .mapToObj(i -> rows.get(i).name())
                .toList();
    }

    private boolean needsWork(QueueRows.QueueRow queue, Epochs.State state) {
        if (!state.holds()) {
            return !isBeingMade(queue.name());
        }
        missing.remove(queue.name());
        return !state.dispatch().equals(queue.dispatch()) || (!state.rebuilt() && mayRebuild(queue.name(), state));
    }

    /**
     * Whoever accepts the first job of a queue opens its index. A second number, raised in the middle of that, would cost the
     * queue a lease of waiting; so a first index is opened here only when it was missing at the last look too.
     */
    private boolean isBeingMade(QueueName queue) {
        long newest = queues.newestEpoch(queue);
        Long before = missing.put(queue, newest);
        return newest <= FIRST && (before == null || before != newest);
    }

    private boolean mayRebuild(QueueName queue, Epochs.State state) {
        return state.age().compareTo(index.lease()) >= 0 || isFirst(queue, state);
    }

    /**
     * The number alone does not tell: a stopped process may open its index with the first number after other numbers have
     * come and gone. PostgreSQL is asked after the number was seen, so an index opened later has another one.
     */
    private boolean isFirst(QueueName queue, Epochs.State state) {
        return state.number() == FIRST && queues.newestEpoch(queue) == FIRST;
    }

    /** Works at once and to the end, for whoever holds no lock. */
    void work(QueueName queue) {
        work(queue, () -> {});
    }

    /**
     * Opens the queue's index, corrects its settings, or completes it once the wait is over.
     *
     * @param goOn called again and again while it takes long
     */
    void work(QueueName queue, Runnable goOn) {
        Epochs.State state = epochs.read(queue);
        if (!state.holds()) {
            opener.open(queue);
            state = epochs.read(queue);
        }
        correctSettings(queue, state.dispatch());
        if (state.holds() && !state.rebuilt() && mayRebuild(queue, state)) {
            rebuild(queue, state.number(), goOn);
        }
    }

    /** The row is read again, since the one that differed may be older than the copy. */
    private void correctSettings(QueueName queue, DispatchSettings copy) {
        DispatchSettings settings = queues.find(queue).orElseThrow().dispatch();
        if (!settings.equals(copy)) {
            index.writeSettings(queue, settings);
            log.info("told the index of queue {} its settings: {}", queue, settings);
        }
    }

    /** The number was read before the rows are. */
    private void rebuild(QueueName queue, long epoch, Runnable goOn) {
        OptionalInt absent = walk.adoptAbsent(queue, epoch, true, Optional.empty(), goOn);
        if (absent.isPresent()) {
            epochs.markRebuilt(queue, epoch);
            log.info(
                    "rebuilt the index of queue {} as number {}: {} jobs were absent", queue, epoch, absent.getAsInt());
        }
    }
}
