package io.millrace.api.queue;

import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.util.List;

/** What is left of queues and workers for those who know of some queues only. */
public final class QueueSight {

    private QueueSight() {}

    /** The queues that are covered. */
    public static List<QueueView> queues(QueuePatterns known, List<QueueView> all) {
        return known.areAll()
                ? all
                : all.stream()
                        .filter(queue -> known.cover(new QueueName(queue.name())))
                        .toList();
    }

    /**
     * The workers that serve a queue that is covered, without the others that they serve. How many jobs such a worker runs is
     * told only where it serves no other.
     */
    public static List<WorkerView> workers(QueuePatterns known, List<WorkerView> all) {
        return known.areAll()
                ? all
                : all.stream()
                        .map(worker -> seen(known, worker))
                        .filter(worker -> !worker.queues().isEmpty())
                        .toList();
    }

    private static WorkerView seen(QueuePatterns known, WorkerView worker) {
        List<WorkerView.Slots> slots = worker.queues().stream()
                .filter(slot -> known.cover(new QueueName(slot.queue())))
                .toList();
        boolean servesOthers = slots.size() < worker.queues().size();
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.pid(),
                worker.startedAt(),
                worker.seenAt(),
                slots,
                worker.types(),
                servesOthers ? 0 : worker.running(),
                worker.stopping());
    }
}
