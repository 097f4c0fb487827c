package io.millrace.core.upkeep;

import io.millrace.core.job.Entry;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.postgres.UpkeepRows.DuePosition;
import io.millrace.core.postgres.UpkeepRows.ExpiredJob;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends jobs whose start deadline has passed before any handler began: those that wait, rest, are of a paused queue or of a
 * type that nobody handles, or are not in the index at all. A claim that meets such a job ends it too.
 *
 * <h2>The order of writes</h2>
 *
 * The entries are taken out of the index; one that is leased is left to its holder, who has judged it at the claim. Then
 * the rows end, each under the fence that was read and only while its deadline stands: a worker clears the deadline in
 * the row before a handler begins, so whichever of the two writes comes first decides, and the other one changes nothing.
 * Therefore Redis is not needed to be right, and while it is away rows are ended all the same; an entry that stays behind
 * is stale and dropped by the claim that meets it. Cut off anywhere, the next pass repeats it: what was taken out and not
 * ended is still unfinished and expired.
 */
final class Expirer {

    private static final Logger log = LoggerFactory.getLogger(Expirer.class);
    private static final int PAGE = 1_000;

    private final QueueIndex index;
    private final Epochs epochs;
    private final UpkeepRows rows;

    Expirer(QueueIndex index, Epochs epochs, UpkeepRows rows) {
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
    }

    /**
     * Walks the deadlines that have passed, from the oldest on.
     *
     * @param atMost how long it may take; the rest is the next pass's
     */
    void expire(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        DuePosition from = DuePosition.FIRST;
        List<ExpiredJob> page;
        do {
            page = rows.expired(from, PAGE);
            if (!page.isEmpty()) {
                end(page);
                from = page.getLast().position();
            }
        } while (page.size() == PAGE && System.nanoTime() - end < 0);
    }

    private void end(List<ExpiredJob> page) {
        Map<QueueName, List<Entry>> byQueue = page.stream()
                .collect(Collectors.groupingBy(
                        ExpiredJob::queue, Collectors.mapping(ExpiredJob::entry, Collectors.toList())));
        List<Entry> unheld = new ArrayList<>(page.size());
        byQueue.forEach((queue, entries) -> unheld.addAll(retract(queue, entries)));
        if (!unheld.isEmpty()) {
            int ended = rows.expire(unheld).size();
            log.info("{} jobs were not begun by their start deadline and are cancelled", ended);
        }
    }

    /** What is not leased, as far as the index can tell now. */
    private List<Entry> retract(QueueName queue, List<Entry> entries) {
        List<Boolean> leased;
        try {
            // The number may be newer than the reading of these rows: nothing is pushed, and what is taken out ends.
            OptionalLong epoch = epochs.seenOrRead(queue);
            leased = epoch.isEmpty()
                    ? List.of()
                    : index.retract(queue, epoch.getAsLong(), false, entries)
                            .result()
                            .orElse(List.of());
        } catch (IndexUnavailableException e) {
            leased = List.of();
        }
        List<Entry> unheld = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            if (leased.isEmpty() || !leased.get(i)) {
                unheld.add(entries.get(i));
            }
        }
        return unheld;
    }
}
