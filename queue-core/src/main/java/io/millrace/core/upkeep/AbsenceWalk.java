package io.millrace.core.upkeep;

import io.millrace.core.job.IndexedJob;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Walks every unfinished, due row of a queue and gives what the index misses to the reaper. */
final class AbsenceWalk {

    private static final int PAGE = 1_000;

    private final QueueIndex index;
    private final Epochs epochs;
    private final UpkeepRows rows;

    AbsenceWalk(QueueIndex index, Epochs epochs, UpkeepRows rows) {
        this.index = index;
        this.epochs = epochs;
        this.rows = rows;
    }

    /**
     * Walks once.
     *
     * @param epoch the number, seen before this call
     * @param goOn called between pages
     * @param rebuild whether the index is being rebuilt; otherwise the walk rests while it is
     * @param until what was accepted or fell due later is left out; empty for nothing
     * @return how many jobs were absent; empty when the walk was cut off by another epoch or a rebuild
     */
    OptionalInt adoptAbsent(QueueName queue, long epoch, boolean rebuild, Optional<Instant> until, Runnable goOn) {
        Optional<JobId> last = Optional.empty();
        int absent = 0;
        List<IndexedJob> page;
        do {
            page = rows.unfinished(queue, last, until, PAGE);
            if (!page.isEmpty()) {
                IndexAnswer<Integer> answer = index.adopt(
                        queue,
                        epoch,
                        rebuild,
                        page.stream().map(IndexedJob::entry).toList());
                if (answer instanceof IndexAnswer.Fenced) {
                    epochs.fenced(queue, epoch);
                }
                if (answer.result().isEmpty()) {
                    return OptionalInt.empty();
                }
                absent += answer.result().get();
                last = Optional.of(page.getLast().entry().id());
                goOn.run();
            }
        } while (page.size() == PAGE);
        return OptionalInt.of(absent);
    }
}
