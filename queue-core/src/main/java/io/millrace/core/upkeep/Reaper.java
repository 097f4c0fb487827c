package io.millrace.core.upkeep;

import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.StoredState;
import io.millrace.core.postgres.RowRefusedException;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.postgres.UpkeepRows.CrashBudget;
import io.millrace.core.postgres.UpkeepRows.Expired;
import io.millrace.core.postgres.UpkeepRows.IndexRow;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Reaped;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes jobs runnable again whose lease ran out.
 *
 * <h2>The order of writes</h2>
 *
 * The script takes what it lists away from its holder, so that a late renewal is told. Then the fence is raised in
 * PostgreSQL, guarded by the fence that was handed out; a crash is recorded where a handler had begun. Only then the old
 * entry is dropped and the new one indexed. Where nothing was raised somebody else settled the matter: the row says what
 * to index. Cut off anywhere, the next pass repeats it.
 */
final class Reaper {

    private static final Logger log = LoggerFactory.getLogger(Reaper.class);
    private static final int PAGE = 1_000;

    /**
     * What another node has reaped since is left alone. Each node looks every second, so that two passes are 1.4 s apart at
     * most, even where the node of the last pass is gone: well below the gap after which no lease is judged. With several
     * nodes a lease that ran out is seen within half a second as a rule.
     */
    private static final Duration JUST_NOW = Duration.ofMillis(400);

    /** The third crash makes a job dead; after the first it runs again at once, then it rests. */
    private static final CrashBudget CRASHES = new CrashBudget(3, List.of(Duration.ZERO, Duration.ofSeconds(2)));

    private final QueueIndex index;
    private final Epochs epochs;
    private final UpkeepRows rows;

    Reaper(QueueIndex index, Epochs epochs, UpkeepRows rows) {
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
    }

    /** The queues that no node has reaped just now. */
    List<QueueName> due(List<QueueName> queues) {
        List<Duration> since = index.sinceReaped(queues);
        return IntStream.range(0, queues.size())
                .filter(i -> since.get(i).isNegative() || since.get(i).compareTo(JUST_NOW) >= 0)
                .mapToObj(queues::get)
                .toList();
    }

    /** Reaps one page of one queue; true when there may be more. */
    boolean reap(QueueName queue) {
        OptionalLong epoch = epochs.seenOrRead(queue);
        if (epoch.isEmpty()) {
            return false;
        }
        IndexAnswer<List<Reaped>> answer = index.reap(queue, epoch.getAsLong(), PAGE);
        if (answer instanceof IndexAnswer.Fenced) {
            epochs.fenced(queue, epoch.getAsLong());
        }
        List<Reaped> reaped = answer.result().orElse(List.of());
        if (!reaped.isEmpty()) {
            settle(queue, epoch.getAsLong(), reaped);
        }
        return reaped.size() == PAGE;
    }

    /** A row that PostgreSQL refuses to raise fails alone: its neighbours are raised in halves without it. */
    private void settle(QueueName queue, long epoch, List<Reaped> reaped) {
        try {
            raiseAndSettle(queue, epoch, reaped);
        } catch (RowRefusedException e) {
            if (reaped.size() == 1) {
                log.error(
                        "job {} of queue {} cannot be made runnable again, and is tried again after a lease: {}",
                        reaped.getFirst().entry().id(),
                        queue,
                        e.getMessage());
            } else {
                int middle = reaped.size() / 2;
                settle(queue, epoch, reaped.subList(0, middle));
                settle(queue, epoch, reaped.subList(middle, reaped.size()));
            }
        }
    }

    private void raiseAndSettle(QueueName queue, long epoch, List<Reaped> reaped) {
        Map<JobId, IndexRow> current = new HashMap<>();
        rows.raise(reaped.stream().map(Reaper::expired).toList(), CRASHES)
                .forEach(row -> current.put(row.entry().id(), row));
        List<JobId> untouched = reaped.stream()
                .map(each -> each.entry().id())
                .filter(id -> !current.containsKey(id))
                .toList();
        if (!untouched.isEmpty()) {
            rows.read(untouched).forEach(row -> current.put(row.entry().id(), row));
        }
        List<Settlement> settlements = new ArrayList<>(reaped.size());
        int ended = 0;
        for (Reaped each : reaped) {
            IndexRow row = current.get(each.entry().id());
            boolean runnable = row != null && row.state() == StoredState.WAITING;
            ended += row != null && row.state() == StoredState.DEAD ? 1 : 0;
            settlements.add(new Settlement(each.entry(), each.holder(), follower(queue, runnable ? row : null)));
        }
        index.settle(queue, epoch, settlements, ended, 0);
    }

    private static @Nullable IndexedJob follower(QueueName queue, @Nullable IndexRow row) {
        return row == null ? null : new IndexedJob(queue, row.entry(), row.timeMillis(), row.ahead());
    }

    private static Expired expired(Reaped reaped) {
        String holder = reaped.formerHolder();
        int slash = holder.lastIndexOf('/');
        return new Expired(reaped.entry(), reaped.begun(), slash < 0 ? holder : holder.substring(0, slash));
    }
}
