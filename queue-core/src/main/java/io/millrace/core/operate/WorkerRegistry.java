package io.millrace.core.operate;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry;
import io.millrace.core.postgres.AuditRows;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.core.redis.WorkerDirectory.Steered;
import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import java.util.List;
import java.util.Optional;

/** Lists the live workers and steers them. Safe for any number of threads. */
public final class WorkerRegistry {

    private final WorkerDirectory workers;
    private final AuditRows audit;

    /**
     * @param workers their own word
     * @param audit notes what is asked of them
     */
    public WorkerRegistry(WorkerDirectory workers, AuditRows audit) {
        this.workers = workers;
        this.audit = audit;
    }

    /** The live workers without their jobs; none while Redis is away. */
    public List<WorkerView> live() {
        try {
            return workers.live();
        } catch (IndexUnavailableException e) {
            return List.of();
        }
    }

    /** The live workers with the jobs that they run; none while Redis is away. */
    public List<WorkerView> liveWithJobs() {
        try {
            return workers.liveWithJobs();
        } catch (IndexUnavailableException e) {
            return List.of();
        }
    }

    /**
     * One live worker.
     *
     * @throws IndexUnavailableException while Redis is away
     */
    public Optional<WorkerView> find(String id) {
        return workers.liveWithJobs().stream()
                .filter(worker -> worker.id().equals(id))
                .findFirst();
    }

    /**
     * Asks a worker to be in a state: it follows with its next sign of life. Asking twice is harmless. It is noted in the audit
     * log, so that PostgreSQL is needed too.
     *
     * @param worker as it was seen
     * @throws IndexUnavailableException while Redis is away
     * @throws io.millrace.core.job.StoreUnavailableException while PostgreSQL is away
     */
    public Steered steer(WorkerView worker, WorkerState state, Actor actor) {
        Steered[] steered = {Steered.GONE};
        var change = new AuditRows.StateChange(
                "{\"state\":\"" + worker.state() + "\"}", "{\"asked\":\"" + state.wireName() + "\"}");
        boolean unused = audit.notedOfWorker(actor, actionOf(state), worker.id(), change, () -> {
            steered[0] = workers.steer(worker.id(), state);
            return steered[0] == Steered.NOTED;
        });
        return steered[0];
    }

    private static AuditEntry.Action actionOf(WorkerState state) {
        return switch (state) {
            case ACTIVE -> AuditEntry.Action.WORKER_RESUME;
            case QUIET -> AuditEntry.Action.WORKER_QUIET;
            case STOPPING -> AuditEntry.Action.WORKER_STOP;
        };
    }
}
