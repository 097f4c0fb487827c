package io.millrace.core.upkeep;

import io.millrace.core.job.IndexedJob;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.postgres.UpkeepRows.DueJob;
import io.millrace.core.postgres.UpkeepRows.DuePosition;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Brings rows that fall due soon into the index, so that jobs of the far future cost Redis nothing. It takes only rows
 * whose time is still ahead, since those cannot have been handed out; the claim moves them on when their time comes.
 */
final class Promoter {

    private static final Duration HORIZON = Duration.ofMinutes(1);
    private static final int PAGE = 1_000;

    private final QueueOpener opener;
    private final QueueIndex index;
    private final Epochs epochs;
    private final UpkeepRows rows;
    private final PostgresClock clock;
    private final Map<QueueName, Long> pushedUnder = new HashMap<>();
    private Instant promotedUntil = Instant.EPOCH;

    Promoter(QueueOpener opener, QueueIndex index, Epochs epochs, UpkeepRows rows, PostgresClock clock) {
        this.opener = opener;
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
        this.clock = clock;
    }

    /** Indexes what falls due within the horizon and was not looked at before. */
    void promote() {
        Instant now = clock.instant();
        Instant until = now.plus(HORIZON);
        if (anyReopened()) {
            pushedUnder.clear();
            promotedUntil = Instant.EPOCH;
        }
        DuePosition from = DuePosition.at(promotedUntil.isAfter(now) ? promotedUntil : now);
        Map<QueueName, OptionalLong> numbers = new HashMap<>();
        boolean complete = true;
        List<DueJob> page;
        do {
            page = rows.dueBetween(from, until, PAGE);
            complete &= push(page.stream().map(DueJob::job).toList(), numbers);
            if (!page.isEmpty()) {
                from = page.getLast().position();
            }
        } while (page.size() == PAGE);
        if (complete) {
            promotedUntil = until;
        }
    }

    /** Whether an index lost what was pushed: a rebuild brings back what is due by then, not what is still ahead. */
    private boolean anyReopened() {
        return pushedUnder.entrySet().stream().anyMatch(pushed -> {
            OptionalLong now = epochs.seen(pushed.getKey());
            return now.isEmpty() || now.getAsLong() != pushed.getValue();
        });
    }

    /** False when an index was not ready: then the same span is looked at again. */
    private boolean push(List<IndexedJob> jobs, Map<QueueName, OptionalLong> numbers) {
        Map<QueueName, List<IndexedJob>> byQueue = jobs.stream().collect(Collectors.groupingBy(IndexedJob::queue));
        boolean complete = true;
        for (Map.Entry<QueueName, List<IndexedJob>> each : byQueue.entrySet()) {
            QueueName queue = each.getKey();
            opener.prepare(queue);
            OptionalLong epoch = numbers.computeIfAbsent(queue, epochs::seenOrRead);
            if (epoch.isEmpty()) {
                complete = false;
                continue;
            }
            IndexAnswer<Integer> answer =
                    index.push(queue, epoch.getAsLong(), QueueIndex.Origin.CARETAKER, each.getValue());
            if (answer instanceof IndexAnswer.Fenced) {
                epochs.fenced(queue, epoch.getAsLong());
            }
            if (answer.result().isPresent()) {
                pushedUnder.put(queue, epoch.getAsLong());
            } else {
                complete = false;
            }
        }
        return complete;
    }
}
