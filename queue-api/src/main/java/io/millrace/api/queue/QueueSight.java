package io.millrace.api.queue;

import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import java.util.List;

/** What is left of queues for those who know of some queues only. */
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
}
