package io.millrace.api.worker;

import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.WorkerView;
import java.util.List;

/** What is left of workers for those who know of some queues only. */
public final class WorkerSight {

    private WorkerSight() {}

    /**
     * The workers that serve a queue that is covered, without the others that they serve and what they run of those. How many
     * jobs such a worker runs is told only where it serves no other.
     */
    public static List<WorkerView> of(QueuePatterns known, List<WorkerView> all) {
        return known.areAll()
                ? all
                : all.stream()
                        .map(worker -> seen(known, worker))
                        .filter(worker -> !worker.queues().isEmpty())
                        .toList();
    }

    /** Whether it serves no other queue than those that are covered. */
    static boolean isWhole(QueuePatterns known, WorkerView worker) {
        return known.areAll()
                || covered(known, worker).size() == worker.queues().size();
    }

    private static List<WorkerView.Slots> covered(QueuePatterns known, WorkerView worker) {
        return worker.queues().stream()
                .filter(slot -> known.cover(new QueueName(slot.queue())))
                .toList();
    }

    private static WorkerView seen(QueuePatterns known, WorkerView worker) {
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.pid(),
                worker.version(),
                worker.startedAt(),
                worker.seenAt(),
                worker.state(),
                worker.asked(),
                covered(known, worker),
                worker.types(),
                isWhole(known, worker) ? worker.running() : 0,
                worker.jobs().stream()
                        .filter(job -> known.cover(new QueueName(job.queue())))
                        .toList());
    }
}
