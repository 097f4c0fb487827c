package io.millrace.core.operate;

import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.protocol.WorkerView;
import java.util.List;

/** Lists the live workers. Safe for any number of threads. */
public final class WorkerRegistry {

    private final WorkerDirectory workers;

    /** @param workers their own word */
    public WorkerRegistry(WorkerDirectory workers) {
        this.workers = workers;
    }

    /** The live workers; none while Redis is away. */
    public List<WorkerView> live() {
        try {
            return workers.live();
        } catch (IndexUnavailableException e) {
            return List.of();
        }
    }
}
