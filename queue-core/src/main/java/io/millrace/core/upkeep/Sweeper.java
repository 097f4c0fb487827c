package io.millrace.core.upkeep;

import io.millrace.core.job.IndexedJob;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.postgres.UpkeepRows.DueJob;
import io.millrace.core.postgres.UpkeepRows.DuePosition;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every accepted job once and at every job that was made runnable again once, a little later, and gives those
 * that the index misses to the reaper. This heals pushes that were lost between PostgreSQL and Redis.
 *
 * <p>Both walks lag behind the longest statement, because the order of ids and due times is not the order of commits.
 * While an index cannot be asked (Redis is away, or it is being rebuilt) a walk stays where it is.
 *
 * <p>What a client had sent before PostgreSQL fell silent may be carried out when it wakes, with ids older than any lag,
 * beside or behind the first look. So a walk that was kept from its work looks at that span once more.
 */
final class Sweeper {

    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    private static final String ACCEPTED = "sweep-accepted";
    private static final String DUE = "sweep-due";
    private static final int PAGE = 2_000;

    /** A new deployment looks back this far. */
    private static final Duration FIRST_LOOK_BACK = Duration.ofHours(1);

    private final QueueIndex index;
    private final Epochs epochs;
    private final UpkeepRows rows;
    private final InstantSource clock;
    private final Duration lag;

    /** Under the caretakers' lock, as every step; another node that takes over leaves it to the auditor. */
    private @Nullable SecondLook secondLook;

    /** A span of acceptance that is looked at again from a moment on. */
    private record SecondLook(Instant from, Instant until, Instant at) {}

    Sweeper(QueueIndex index, Epochs epochs, UpkeepRows rows, InstantSource clock, Duration longestStatement) {
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
        this.clock = clock;
        this.lag = longestStatement.plusSeconds(2);
    }

    /** Walks both cursors up to the lag. */
    void sweep() {
        Instant now = clock.instant();
        Instant until = now.minus(lag);
        sweepAccepted(until, now);
        sweepDue(until);
        lookAgain(now);
    }

    private void sweepAccepted(Instant until, Instant now) {
        Instant from = rows.cursor(ACCEPTED).orElse(until.minus(FIRST_LOOK_BACK));
        if (adoptAccepted(from, until)) {
            rows.moveCursor(ACCEPTED, until);
            if (Duration.between(from, until).compareTo(lag) > 0) {
                secondLook = new SecondLook(from, until, now.plus(lag));
            }
        }
    }

    private void lookAgain(Instant now) {
        SecondLook due = secondLook;
        if (due != null && !now.isBefore(due.at) && adoptAccepted(due.from, due.until)) {
            secondLook = null;
        }
    }

    /** False when an index could not be asked. */
    private boolean adoptAccepted(Instant first, Instant until) {
        JobId from = JobId.firstAt(first);
        JobId end = JobId.firstAt(until);
        List<IndexedJob> page;
        do {
            page = rows.acceptedBetween(from, end, PAGE);
            if (!adoptAbsent(page)) {
                return false;
            }
            if (!page.isEmpty()) {
                from = page.getLast().entry().id();
            }
        } while (page.size() == PAGE);
        return true;
    }

    private void sweepDue(Instant until) {
        DuePosition from = DuePosition.at(rows.cursor(DUE).orElse(until.minus(FIRST_LOOK_BACK)));
        List<DueJob> page;
        do {
            page = rows.dueBetween(from, until, PAGE);
            if (!adoptAbsent(page.stream().map(DueJob::job).toList())) {
                return;
            }
            if (!page.isEmpty()) {
                from = page.getLast().position();
            }
        } while (page.size() == PAGE);
        rows.moveCursor(DUE, until);
    }

    /** False when an index could not be asked: then the walk stays where it is. */
    private boolean adoptAbsent(List<IndexedJob> jobs) {
        Map<QueueName, List<IndexedJob>> byQueue = jobs.stream().collect(Collectors.groupingBy(IndexedJob::queue));
        boolean complete = true;
        for (Map.Entry<QueueName, List<IndexedJob>> each : byQueue.entrySet()) {
            complete &= adoptAbsent(each.getKey(), each.getValue());
        }
        return complete;
    }

    private boolean adoptAbsent(QueueName queue, List<IndexedJob> jobs) {
        OptionalLong epoch = epochs.seenOrRead(queue);
        if (epoch.isEmpty()) {
            return false;
        }
        // The number may be newer than the reading of these rows; an entry adopted too late is stale and dropped.
        IndexAnswer<Integer> answer = index.adopt(
                queue,
                epoch.getAsLong(),
                false,
                jobs.stream().map(IndexedJob::entry).toList());
        if (answer instanceof IndexAnswer.Fenced) {
            epochs.fenced(queue, epoch.getAsLong());
        }
        int absent = answer.result().orElse(0);
        if (absent > 0) {
            log.info("{} jobs of queue {} had not reached the index", absent, queue);
        }
        return answer.result().isPresent();
    }
}
