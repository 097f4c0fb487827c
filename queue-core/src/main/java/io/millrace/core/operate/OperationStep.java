package io.millrace.core.operate;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.job.ErrorFingerprint;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.ListedJob;
import io.millrace.core.job.Operation;
import io.millrace.core.postgres.JobEditRows;
import io.millrace.core.postgres.JobListRows;
import io.millrace.core.postgres.JobListRows.Row;
import io.millrace.core.postgres.JobWalk;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.core.postgres.OperationRows;
import io.millrace.core.postgres.OperationRows.Going;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries operations out, page by page. A page is done first and noted then: cut off in between it is done again, which
 * changes nothing, since each job is changed only in the state that the operation is for. To be used by one thread.
 */
public final class OperationStep {

    private static final Logger LOG = LoggerFactory.getLogger(OperationStep.class);
    private static final int PAGE = 500;
    private static final long MICROS = 1_000_000L;

    private final OperationRows operations;
    private final JobListRows lists;
    private final JobEditRows edits;
    private final JobOperator operator;
    private final ArtifactStore artifacts;

    /** What a page came to. */
    private record Done(int changed, int skipped) {}

    /** Works on these rows, and through the operator where the index has a part. */
    public OperationStep(
            OperationRows operations,
            JobListRows lists,
            JobEditRows edits,
            JobOperator operator,
            ArtifactStore artifacts) {
        this.operations = operations;
        this.lists = lists;
        this.edits = edits;
        this.operator = operator;
        this.artifacts = artifacts;
    }

    /**
     * Does a page of each operation that goes on, in turn, until all have ended or rest, or the time is up.
     *
     * @return whether one goes on
     */
    public boolean run(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        List<Going> going = operations.running();
        boolean worked = !going.isEmpty();
        while (worked && System.nanoTime() - end < 0) {
            worked = false;
            for (Going each : operations.running()) {
                worked |= page(each);
            }
        }
        return !going.isEmpty();
    }

    /**
     * Carries out cancels of single jobs that could only be noted; see {@link JobOperator#cancelNoted}.
     *
     * @param most how many are looked at
     */
    public void carryOutCancels(int most) {
        int cancelled = operator.cancelNoted(most);
        if (cancelled > 0) {
            LOG.info("{} noted cancels were carried out", cancelled);
        }
    }

    /** One page; false when it rests. */
    private boolean page(Going going) {
        Operation operation = going.operation();
        int most = allowance(going);
        if (most == 0) {
            return false;
        }
        JobWalk walk = operation.kind() == Operation.Kind.CANCEL ? JobWalk.UNFINISHED : JobWalk.DIED;
        JobFilter filter = operation.filter();
        List<Row> found = lists.page(walk, filter, going.position(), JobSearch.MOST_WALKED, most);
        Optional<Position> next = found.size() == most
                ? Optional.of(found.getLast().position())
                : lists.positionAfter(walk, filter, going.position(), JobSearch.MOST_WALKED);
        Done done = change(
                operation,
                found.stream().map(Row::job).filter(job -> fits(operation, job)).toList());
        // At the end nothing comes behind the last job, so that it is the position too.
        Optional<Position> noted = next.or(() ->
                found.isEmpty() ? Optional.empty() : Optional.of(found.getLast().position()));
        noted.ifPresent(position -> operations.advance(operation.id(), done.changed, done.skipped, position));
        if (next.isEmpty() && operations.finish(operation.id())) {
            LOG.info("operation {} is done", operation.id());
        }
        return true;
    }

    /** By the row's own time, since nodes take turns and each would spend a rate of its own. */
    private static int allowance(Going going) {
        if (going.operation().rate().isEmpty()) {
            return PAGE;
        }
        long rested = Math.min(going.rested().toNanos() / 1_000, MICROS);
        return Math.clamp(going.operation().rate().get() * rested / MICROS, 0, PAGE);
    }

    private static boolean fits(Operation operation, ListedJob job) {
        return operation.fingerprint().isEmpty()
                || job.failure()
                        .filter(failure -> ErrorFingerprint.of(job.type(), failure)
                                .equals(operation.fingerprint().get()))
                        .isPresent();
    }

    private Done change(Operation operation, List<ListedJob> jobs) {
        if (jobs.isEmpty()) {
            return new Done(0, 0);
        }
        int changed = jobs.stream()
                .collect(Collectors.groupingBy(
                        ListedJob::queue, Collectors.mapping(job -> job.entry().id(), Collectors.toList())))
                .entrySet()
                .stream()
                .mapToInt(queue -> change(operation.kind(), queue.getKey(), queue.getValue()))
                .sum();
        return new Done(changed, jobs.size() - changed);
    }

    private int change(Operation.Kind kind, QueueName queue, List<JobId> ids) {
        return switch (kind) {
            case REDRIVE -> operator.redriveAll(queue, ids);
            case CANCEL -> operator.cancelAll(queue, ids);
            case DISCARD -> discard(ids);
        };
    }

    private int discard(List<JobId> ids) {
        List<JobId> gone = edits.discard(ids);
        for (JobId id : gone) {
            try {
                artifacts.deleteAll(id);
            } catch (IOException e) {
                LOG.warn("the files of the discarded job {} could not be removed", id, e);
            }
        }
        return gone.size();
    }
}
