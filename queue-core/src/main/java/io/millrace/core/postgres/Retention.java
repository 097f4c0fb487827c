package io.millrace.core.postgres;

import io.millrace.protocol.JobId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Removes what has been kept long enough, in batches. */
public final class Retention {

    private static final Sql FINISHED = new Sql(
            "delete_finished",
            "DELETE FROM job j USING (SELECT id FROM job WHERE id >= ? AND id < ?"
                    + " AND ((state IN (1, 3) AND finished_at < ?) OR (state = 2 AND dead_at < ?)) LIMIT ?) old"
                    + " WHERE j.id = old.id RETURNING j.id");
    private static final Sql ATTEMPTS =
            new Sql("delete_attempts", "DELETE FROM attempt a USING unnest(?::uuid[]) AS i (id) WHERE a.job_id = i.id");
    private static final Sql KEYS = new Sql(
            "delete_keys",
            "DELETE FROM idempotency_key k USING (SELECT owner, key FROM idempotency_key WHERE expires_at < now()"
                    + " ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED) old"
                    + " WHERE k.owner = old.owner AND k.key = old.key AND k.expires_at < now()");

    private static final Sql RESULTS_OVER = Sql.named("results_over");
    private static final Sql DROP_RESULTS = new Sql(
            "drop_results",
            "UPDATE job j SET result = NULL, result_ends_at = NULL FROM unnest(?::uuid[]) AS i (id)"
                    + " WHERE j.id = i.id AND j.result_ends_at <= now()");
    private static final Sql OPERATIONS = new Sql(
            "delete_operations",
            "DELETE FROM operation o USING (SELECT id FROM operation WHERE finished_at < ? LIMIT ?) old"
                    + " WHERE o.id = old.id");
    private static final Sql UNIQUE = Sql.named("forget_unique");

    private final Database database;
    private final AuditRows audit;
    private final ApiKeyRows apiKeys;

    /**
     * What became of a look at unique keys.
     *
     * @param last the last row that was looked at: its queue and its key
     * @param lookedAt how many rows
     * @param forgotten how many of them were removed
     */
    public record Forgotten(List<String> last, int lookedAt, int forgotten) {}

    /** @param database where the rows are */
    public Retention(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
        this.apiKeys = new ApiKeyRows(database);
    }

    /**
     * Removes up to so many entries of the audit log from before a moment, and API keys that have been out of force since.
     *
     * @return whether there may be more
     */
    public boolean forgetDeeds(Instant before, int most) {
        boolean moreEntries = audit.forget(before, most) == most;
        return apiKeys.forget(before, most) == most || moreEntries;
    }

    /**
     * Deletes up to {@code most} ended jobs of a span of ids, with their attempts.
     *
     * @return the ids that were deleted
     */
    public List<JobId> deleteEnded(JobId from, JobId to, Instant finishedBefore, Instant deadBefore, int most) {
        List<JobId> deleted = database.query(
                FINISHED,
                statement -> {
                    statement.setObject(1, from.value());
                    statement.setObject(2, to.value());
                    statement.setObject(3, finishedBefore.atOffset(ZoneOffset.UTC));
                    statement.setObject(4, deadBefore.atOffset(ZoneOffset.UTC));
                    statement.setInt(5, most);
                },
                row -> Columns.jobId(row, "id"));
        if (!deleted.isEmpty()) {
            database.update(ATTEMPTS, statement -> Columns.array(statement, 1, "uuid", deleted, JobId::value));
        }
        return deleted;
    }

    /** Deletes up to {@code most} expired idempotency keys; answers how many. */
    public int deleteExpiredKeys(int most) {
        return database.update(KEYS, statement -> statement.setInt(1, most));
    }

    /** Up to {@code most} jobs whose results are not kept any longer, the longest overdue first. */
    public List<JobId> resultsOver(int most) {
        return database.query(RESULTS_OVER, statement -> statement.setInt(1, most), row -> Columns.jobId(row, "id"));
    }

    /** Removes the results of those of these jobs whose time is over; the jobs stay. */
    public void dropResults(List<JobId> ids) {
        database.update(DROP_RESULTS, statement -> Columns.array(statement, 1, "uuid", ids, JobId::value));
    }

    /** Deletes up to {@code most} operations that ended before a moment; answers how many. */
    public int deleteOperations(Instant endedBefore, int most) {
        return database.update(OPERATIONS, statement -> {
            statement.setObject(1, endedBefore.atOffset(ZoneOffset.UTC));
            statement.setInt(2, most);
        });
    }

    /**
     * Looks at the next unique keys, and removes those whose job has ended or is gone.
     *
     * @param after queue and key of the row to go on behind; two empty texts for the first
     * @param most how many rows are looked at
     * @return empty behind the last row
     */
    public Optional<Forgotten> forgetUniqueKeys(List<String> after, int most) {
        return database
                .query(
                        UNIQUE,
                        statement -> {
                            statement.setString(1, after.get(0));
                            statement.setString(2, after.get(1));
                            statement.setInt(3, most);
                        },
                        row -> new Forgotten(
                                List.of(row.getString("queue"), row.getString("key")),
                                row.getInt("looked_at"),
                                row.getInt("forgotten")))
                .stream()
                .findFirst();
    }
}
