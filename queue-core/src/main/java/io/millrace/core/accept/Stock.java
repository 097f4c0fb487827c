package io.millrace.core.accept;

import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.AcceptRows.Holder;
import io.millrace.core.postgres.AcceptRows.Winner;
import io.millrace.core.postgres.IdSource;
import io.millrace.core.queue.QueueWatch;
import io.millrace.protocol.JobId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What batches are accepted with, and the questions that all of them ask of it. Safe for any number of threads.
 *
 * @param rows where jobs and keys go
 * @param ids numbers the jobs
 * @param watch the settings and backlogs of the queues
 */
record Stock(AcceptRows rows, IdSource ids, QueueWatch watch) {

    /** How often a batch is tried while keys change hands. */
    static final int MOST_KEY_ROUNDS = 5;

    /** A job with an id of its own. */
    Candidate candidate(NewJob job) {
        JobId id = ids.next();
        return new Candidate(
                id,
                job,
                job.start().from(id.createdAt()).toEpochMilli(),
                watch.settings(job.queue()).keyLife());
    }

    /** What becomes of a candidate that is committed. */
    static Acceptance.Accepted accepted(Candidate candidate) {
        return new Acceptance.Accepted(
                candidate.id(),
                Instant.ofEpochMilli(candidate.runMillis()),
                candidate.job().key().map(key -> Instant.ofEpochMilli(candidate.keyEndsMillis())));
    }

    /** Who has the idempotency keys of these jobs, by {@link #scoped(IdempotencyKey)}; asks only where there are any. */
    Map<List<String>, Winner> winners(List<NewJob> jobs) {
        List<IdempotencyKey> keys = jobs.stream()
                .map(NewJob::key)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        Map<List<String>, Winner> winners = new HashMap<>();
        if (!keys.isEmpty()) {
            rows.winners(keys).forEach(winner -> winners.put(List.of(winner.owner(), winner.key()), winner));
        }
        return winners;
    }

    /** Which unfinished jobs have the unique keys of these jobs, by {@link #scoped(NewJob, UniqueKey)}. */
    Map<List<String>, JobId> holders(List<NewJob> jobs) {
        List<NewJob> unique =
                jobs.stream().filter(job -> job.unique().isPresent()).toList();
        Map<List<String>, JobId> holders = new HashMap<>();
        if (!unique.isEmpty()) {
            for (Holder holder : rows.holders(unique)) {
                holders.put(List.of(holder.queue().value(), holder.key()), holder.id());
            }
        }
        return holders;
    }

    /** What a submit is answered whose key stands for a job. */
    static Acceptance known(IdempotencyKey key, Winner winner) {
        if (!key.sameRequest(winner.fingerprint())) {
            return new Acceptance.KeyReused(winner.id());
        }
        Instant keyEnds = Instant.ofEpochMilli(winner.keyEndsMillis());
        return winner.replaced()
                ? new Acceptance.Existing(winner.id(), true, true, Optional.of(keyEnds))
                : new Acceptance.Replayed(winner.id(), Instant.ofEpochMilli(winner.runMillis()), keyEnds);
    }

    /** What a submit is answered whose unique key an unfinished job has. */
    static Acceptance taken(UniqueKey key, JobId holder) {
        return switch (key.onConflict()) {
            case RETURN -> new Acceptance.Existing(holder, false, false, Optional.empty());
            case REJECT, REPLACE -> new Acceptance.UniqueConflict(holder);
        };
    }

    /** An idempotency key with its scope, to compare. */
    static List<String> scoped(IdempotencyKey key) {
        return List.of(key.owner(), key.key());
    }

    /** A unique key with its scope, to compare. */
    static List<String> scoped(NewJob job, UniqueKey key) {
        return List.of(job.queue().value(), key.key());
    }
}
