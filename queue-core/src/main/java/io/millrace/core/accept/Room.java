package io.millrace.core.accept;

import io.millrace.core.accept.Acceptance.BacklogFull;
import io.millrace.core.job.NewJob;
import io.millrace.core.queue.QueueWatch;
import io.millrace.protocol.QueueName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What room the backlog limits leave for one batch. For one thread, as long as it takes to judge the batch. */
final class Room {

    private final QueueWatch watch;
    private final Map<QueueName, Long> left = new HashMap<>();
    private final Set<List<String>> keys = new HashSet<>();
    private long leftInTotal;

    Room(QueueWatch watch) {
        this.watch = watch;
        this.leftInTotal =
                watch.totalLimit().map(limit -> limit - watch.totalBacklog()).orElse(Long.MAX_VALUE);
    }

    /** Takes the room of one job; answers which limit it would break. A key that has taken room needs no more. */
    Optional<BacklogFull> take(NewJob job) {
        if (job.key().isPresent()
                && keys.contains(
                        List.of(job.key().get().owner(), job.key().get().key()))) {
            return Optional.empty();
        }
        Optional<Integer> limit = watch.settings(job.queue()).backlogLimit();
        long leftInQueue = left.computeIfAbsent(
                job.queue(),
                queue -> limit.map(most -> most - watch.backlog(queue)).orElse(Long.MAX_VALUE));
        if (leftInQueue <= 0) {
            return Optional.of(new BacklogFull(BacklogFull.Scope.QUEUE, limit.orElseThrow()));
        }
        if (leftInTotal <= 0) {
            return Optional.of(
                    new BacklogFull(BacklogFull.Scope.TOTAL, watch.totalLimit().orElseThrow()));
        }
        left.put(job.queue(), leftInQueue - 1);
        leftInTotal--;
        job.key().ifPresent(key -> keys.add(List.of(key.owner(), key.key())));
        return Optional.empty();
    }
}
