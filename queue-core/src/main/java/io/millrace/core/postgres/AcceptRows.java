package io.millrace.core.postgres;

import static io.millrace.core.postgres.Columns.array;

import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes new jobs and their keys, and reads who has won a key. */
public final class AcceptRows {

    private static final Sql ACCEPT = Sql.named("accept");
    private static final Sql ACCEPT_PLAIN = Sql.named("accept_plain");
    private static final Sql ACCEPT_UNIQUE = Sql.named("accept_unique");
    private static final Sql KEY_WINNERS = Sql.named("key_winners");
    private static final Sql UNIQUE_HOLDERS = Sql.named("unique_holders");
    private static final String DIVISION_BY_ZERO = "22012";

    private final Database database;

    /**
     * A job with the id it gets if it wins its key.
     *
     * @param id its id
     * @param job what was asked for
     * @param runMillis when it may start, unix ms
     * @param keyLife how long its key stands for it
     */
    public record Candidate(JobId id, NewJob job, long runMillis, Duration keyLife) {

        /** Until when its key stands for it, unix ms. */
        public long keyEndsMillis() {
            return id.unixMillis() + keyLife.toMillis();
        }

        /** Whether it waits for a time. */
        public boolean isAhead() {
            return runMillis > id.unixMillis();
        }

        @Nullable
        Long dueMillis() {
            return isAhead() ? runMillis : null;
        }

        @Nullable
        Long expiresMillis() {
            return job.expiresIn()
                    .map(time -> id.unixMillis() + time.toMillis())
                    .orElse(null);
        }

        /** Whether the short statement, which knows neither keys nor deadlines, is enough for it. */
        boolean isPlain() {
            return job.key().isEmpty()
                    && job.expiresIn().isEmpty()
                    && job.unique().isEmpty();
        }

        @Nullable
        String uniqueKey() {
            return job.unique().map(UniqueKey::key).orElse(null);
        }

        @Nullable
        Object ofKey(Function<IdempotencyKey, Object> part) {
            Optional<IdempotencyKey> key = job.key();
            return key.isPresent() ? part.apply(key.get()) : null;
        }
    }

    /**
     * What a key stands for.
     *
     * @param owner the key's scope
     * @param key the key
     * @param id the job that won it
     * @param fingerprint of the request that made that job
     * @param runMillis when that job might start, as it was accepted
     * @param keyEndsMillis until when the key stands for it
     * @param replaced whether that request changed the job instead of making it
     */
    public record Winner(
            String owner,
            String key,
            JobId id,
            byte[] fingerprint,
            long runMillis,
            long keyEndsMillis,
            boolean replaced) {}

    /**
     * Who has a unique key.
     *
     * @param queue the key's scope
     * @param key the key
     * @param id the unfinished job that has it
     */
    public record Holder(QueueName queue, String key, JobId id) {}

    /** @param database where the rows go */
    public AcceptRows(Database database) {
        this.database = database;
    }

    /**
     * Writes all candidates that need no key or win theirs, as one statement; answers their ids.
     *
     * @param candidates without unique keys
     */
    public Set<JobId> insert(List<Candidate> candidates) {
        if (candidates.stream().allMatch(Candidate::isPlain)) {
            insertPlain(candidates);
            Set<JobId> all = new HashSet<>();
            candidates.forEach(candidate -> all.add(candidate.id));
            return all;
        }
        return new HashSet<>(database.query(
                ACCEPT,
                statement -> {
                    bindJobs(statement, candidates);
                    bindKeys(statement, candidates);
                    array(statement, 14, "int8", candidates, Candidate::expiresMillis);
                },
                row -> Columns.jobId(row, "id")));
    }

    /** As {@link #insert}, of candidates with unique keys, which they must win too. */
    public Set<JobId> insertUnique(List<Candidate> candidates) {
        return insertUnique(candidates, false).orElseThrow();
    }

    /**
     * Writes all candidates, or nothing at all.
     *
     * @return whether they are written; false when one did not win a key
     */
    public boolean insertWhole(List<Candidate> candidates) {
        if (candidates.stream().allMatch(Candidate::isPlain)) {
            insertPlain(candidates);
            return true;
        }
        return insertUnique(candidates, true).isPresent();
    }

    private void insertPlain(List<Candidate> candidates) {
        database.update(ACCEPT_PLAIN, statement -> bindJobs(statement, candidates));
    }

    /** One statement in auto-commit, so that its time-out bounds what lies between the ids and the commit. */
    private Optional<Set<JobId>> insertUnique(List<Candidate> candidates, boolean allOrNothing) {
        return database.with(ACCEPT_UNIQUE.name(), connection -> {
            try {
                return Optional.of(new HashSet<>(Database.query(
                                connection,
                                ACCEPT_UNIQUE,
                                statement -> {
                                    bindJobs(statement, candidates);
                                    bindKeys(statement, candidates);
                                    array(statement, 14, "int8", candidates, Candidate::expiresMillis);
                                    array(statement, 15, "text", candidates, Candidate::uniqueKey);
                                    statement.setBoolean(16, allOrNothing);
                                },
                                row -> Columns.jobIds(row, "ids"))
                        .getFirst()));
            } catch (SQLException e) {
                if (allOrNothing && DIVISION_BY_ZERO.equals(e.getSQLState())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private static void bindJobs(PreparedStatement statement, List<Candidate> candidates) throws SQLException {
        array(statement, 1, "uuid", candidates, c -> c.id.value());
        array(statement, 2, "text", candidates, c -> c.job.queue().value());
        array(statement, 3, "text", candidates, c -> c.job.type().value());
        array(statement, 4, "int2", candidates, c -> (short) c.job.priority());
        array(statement, 5, "int8", candidates, Candidate::dueMillis);
        array(statement, 6, "text", candidates, c -> OptionsText.write(c.job.options()));
        array(statement, 7, "text", candidates, c -> c.job.tags().isEmpty() ? null : String.join(",", c.job.tags()));
        array(statement, 8, "bytea", candidates, c -> c.job.payload());
    }

    private static void bindKeys(PreparedStatement statement, List<Candidate> candidates) throws SQLException {
        array(statement, 9, "text", candidates, c -> c.ofKey(IdempotencyKey::owner));
        array(statement, 10, "text", candidates, c -> c.ofKey(IdempotencyKey::key));
        array(statement, 11, "bytea", candidates, c -> c.ofKey(IdempotencyKey::fingerprint));
        array(statement, 12, "int8", candidates, Candidate::runMillis);
        array(statement, 13, "int8", candidates, c -> c.ofKey(key -> c.keyEndsMillis()));
    }

    /** Reads, in a statement of its own, the jobs that these keys stand for. A key that has expired is left out. */
    public List<Winner> winners(List<IdempotencyKey> keys) {
        return database.query(
                KEY_WINNERS,
                statement -> {
                    array(statement, 1, "text", keys, IdempotencyKey::owner);
                    array(statement, 2, "text", keys, IdempotencyKey::key);
                },
                row -> new Winner(
                        row.getString("owner"),
                        row.getString("key"),
                        Columns.jobId(row, "job_id"),
                        row.getBytes("fingerprint"),
                        Columns.instant(row, "run_at").orElseThrow().toEpochMilli(),
                        Columns.instant(row, "expires_at").orElseThrow().toEpochMilli(),
                        row.getBoolean("replaced")));
    }

    /** Reads, in a statement of its own, the unfinished jobs that have the unique keys of these. */
    public List<Holder> holders(List<NewJob> jobs) {
        return database.query(
                UNIQUE_HOLDERS,
                statement -> {
                    array(statement, 1, "text", jobs, job -> job.queue().value());
                    array(
                            statement,
                            2,
                            "text",
                            jobs,
                            job -> job.unique().map(UniqueKey::key).orElse(null));
                },
                row -> new Holder(
                        new QueueName(row.getString("queue")), row.getString("key"), Columns.jobId(row, "job_id")));
    }
}
