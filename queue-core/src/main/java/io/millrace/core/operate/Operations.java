package io.millrace.core.operate;

import io.millrace.core.job.Actor;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.Operation;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.postgres.IdSource;
import io.millrace.core.postgres.OperationRows;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Changes of many jobs: asked for here, carried out by whichever node has the duty. Safe for any number of threads. */
public final class Operations {

    /** The most jobs a second that can be asked for; without a rate it goes as fast as it can. */
    public static final int HIGHEST_RATE = 10_000;

    private static final int MOST_LISTED = 100;
    private static final int MOST_LOOKED_AT = 1_000;

    private final OperationRows rows;
    private final IdSource ids;

    /** Writes operations with ids that grow. */
    public Operations(OperationRows rows, IdSource ids) {
        this.rows = rows;
        this.ids = ids;
    }

    /**
     * Asks for an operation; it begins within a second.
     *
     * @param filter which jobs; its state is left aside, since the kind says it
     * @param fingerprint only jobs whose failure has this fingerprint
     * @param rate how many a second at most
     * @param actor who asks
     */
    public Operation start(
            Operation.Kind kind, JobFilter filter, Optional<String> fingerprint, Optional<Integer> rate, Actor actor) {
        Operation operation = new Operation(
                ids.next().value(),
                kind,
                Operation.State.RUNNING,
                actor.keyId(),
                Instant.EPOCH,
                Optional.empty(),
                filter,
                fingerprint,
                rate,
                0,
                0);
        rows.insert(operation, actor);
        return rows.find(operation.id()).orElseThrow();
    }

    /** One operation, if it exists. */
    public Optional<Operation> find(UUID id) {
        return rows.find(id);
    }

    /** The newest operations that those may see who know of these queues. */
    public List<Operation> latest(QueuePatterns queues) {
        return rows.latest(queues.areAll() ? MOST_LISTED : MOST_LOOKED_AT).stream()
                .filter(operation -> operation.isShownTo(queues))
                .limit(MOST_LISTED)
                .toList();
    }

    /** Ends one that goes on; what it has changed stays changed. False when it has ended or there is none. */
    public boolean abort(UUID id, Actor actor) {
        return rows.abort(id, actor);
    }
}
