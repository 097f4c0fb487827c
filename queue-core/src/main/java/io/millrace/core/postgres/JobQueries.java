package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.StoredState;
import io.millrace.core.postgres.AuditRows.Target;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What readers and operators ask of the rows. */
public final class JobQueries {

    private static final Sql FIND = Sql.named("find_job");
    private static final Sql ATTEMPTS = Sql.named("attempts_of_job");
    private static final Sql FAILURES = Sql.named("recent_failures");
    private static final Sql UNIQUE_HOLDERS = Sql.named("unique_holders");
    private static final Sql REDRIVE = Sql.named("redrive");
    private static final Sql REQUEST_CANCEL = Sql.named("request_cancel");
    private static final Sql NOTED_CANCELS = Sql.named("noted_cancels");
    private static final Sql CANCEL_UNHELD = Sql.named("cancel_unheld");
    private static final Sql CANCELLED_BY_NOW = Sql.named("cancelled_by_now");
    private static final Sql SCHEDULED = Sql.named("waiting_for_time");
    private static final Sql ENDED = Sql.named("ended_jobs");
    private static final Sql DEAD = Sql.named("dead_by_queue");

    private static final Sql QUEUE = new Sql("queue_of_job", "SELECT queue FROM job WHERE id = ?");

    private final Database database;
    private final AuditRows audit;

    /**
     * One job's row and failed attempts.
     *
     * @param details everything the row says; an unfinished job is shown as scheduled or ready here
     * @param entry what the index should hold of it
     */
    public record Found(JobDetails details, Entry entry) {

        private Found withAttempts(List<JobDetails.Attempt> failed) {
            return new Found(details.withAttempts(failed), entry);
        }
    }

    /**
     * A failed attempt.
     *
     * @param id the job
     * @param type its type
     * @param queue its queue
     * @param attempt the attempt's number
     * @param reason wire name of the reason
     * @param message what the handler said
     * @param at when it was recorded
     * @param state what the row says of the job now; an unfinished one is shown as scheduled or ready
     */
    public record FailedAttempt(
            JobId id,
            JobType type,
            QueueName queue,
            int attempt,
            String reason,
            String message,
            Instant at,
            JobState state) {}

    /** @param database where the rows are */
    public JobQueries(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
    }

    /** One job, if it exists. Its row is read first, so an ended job never lacks the attempt that ended it. */
    public Optional<Found> find(JobId id) {
        return database.query(FIND, statement -> statement.setObject(1, id.value()), JobQueries::found).stream()
                .findFirst()
                .map(found -> found.withAttempts(database.query(
                        ATTEMPTS, statement -> statement.setObject(1, id.value()), JobQueries::attempt)));
    }

    /** The queue of a job, if it exists. */
    public Optional<QueueName> queueOf(JobId id) {
        return database
                .query(QUEUE, statement -> statement.setObject(1, id.value()), row -> new QueueName(row.getString(1)))
                .stream()
                .findFirst();
    }

    /** Those of the jobs that have ended or are gone. */
    public List<JobId> ended(List<JobId> ids) {
        return database.query(
                ENDED,
                statement -> Columns.array(statement, 1, "uuid", ids, JobId::value),
                row -> Columns.jobId(row, "id"));
    }

    private static Found found(ResultSet row) throws SQLException {
        JobId id = Columns.jobId(row, "id");
        JobOptions options = OptionsText.read(row.getString("options"));
        Entry entry = new Entry(id, row.getInt("priority"), row.getInt("fence"));
        JobDetails details = new JobDetails(
                id,
                new JobType(row.getString("type")),
                new QueueName(row.getString("queue")),
                Columns.shownState(row),
                entry.priority(),
                row.getInt("attempt"),
                options,
                Columns.instant(row, "due_at").orElse(id.createdAt()),
                Columns.instant(row, "expires_at"),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "finished_at"),
                Columns.tags(row),
                Columns.text(row, "unique_key"),
                row.getBytes("payload"),
                Optional.ofNullable(row.getBytes("result")),
                resultEnd(row, options),
                failure(row, "failure_reason", "failure_message"),
                Columns.text(row, "worker"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                entry.fence());
        return new Found(details, entry);
    }

    /** Once it was removed, only the options and the time of its end tell that there was one. */
    private static Optional<JobDetails.ResultEnd> resultEnd(ResultSet row, JobOptions options) throws SQLException {
        if (options.resultLife().isEmpty() || StoredState.ofCode(row.getInt("state")) != StoredState.SUCCEEDED) {
            return Optional.empty();
        }
        boolean over = !row.getBoolean("result_stands");
        return Columns.instant(row, "finished_at")
                .map(end ->
                        new JobDetails.ResultEnd(end.plus(options.resultLife().get()), over));
    }

    private static Optional<JobDetails.Failure> failure(ResultSet row, String reason, String message)
            throws SQLException {
        String why = row.getString(reason);
        return why == null
                ? Optional.empty()
                : Optional.of(
                        new JobDetails.Failure(why, Columns.text(row, message).orElse("")));
    }

    private static JobDetails.Attempt attempt(ResultSet row) throws SQLException {
        return new JobDetails.Attempt(
                row.getInt("attempt"),
                failure(row, "reason", "message").orElseThrow(),
                Columns.text(row, "worker"),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "finished_at").orElseThrow());
    }

    /** The newest failed attempts of the last day. */
    public List<FailedAttempt> recentFailures(int most) {
        return database.query(
                FAILURES,
                statement -> statement.setInt(1, most),
                row -> new FailedAttempt(
                        Columns.jobId(row, "job_id"),
                        new JobType(row.getString("type")),
                        new QueueName(row.getString("queue")),
                        row.getInt("attempt"),
                        row.getString("reason"),
                        row.getString("message"),
                        Columns.instant(row, "finished_at").orElseThrow(),
                        Columns.shownState(row)));
    }

    /** The unfinished job that has a unique key. */
    public Optional<JobId> uniqueHolder(QueueName queue, String key) {
        return uniqueHolders(List.of(queue), key).stream().findFirst();
    }

    /** The unfinished jobs that have a unique key in any of these queues, one of a queue at most. */
    public List<JobId> uniqueHolders(List<QueueName> of, String key) {
        return database.query(
                UNIQUE_HOLDERS,
                statement -> {
                    Columns.array(statement, 1, "text", of, QueueName::value);
                    Columns.array(statement, 2, "text", of, queue -> key);
                },
                row -> Columns.jobId(row, "job_id"));
    }

    /**
     * Makes those of these jobs runnable that are dead or cancelled, and get their unique key where they have one; answers
     * what is to be indexed.
     */
    public List<IndexedJob> redrive(List<JobId> ids) {
        return change(REDRIVE, ids);
    }

    /** Makes a job runnable that is dead or cancelled; what is to be indexed, or empty when it is neither. */
    public Optional<IndexedJob> redrive(JobId id, Actor actor) {
        return noted(REDRIVE, id, actor, Action.JOB_REDRIVE);
    }

    /** Notes that a job is to be cancelled; its entry, or empty when it has ended. */
    public Optional<IndexedJob> requestCancel(JobId id, Actor actor) {
        return noted(REQUEST_CANCEL, id, actor, Action.JOB_CANCEL);
    }

    /** Notes that those of these jobs that are unfinished are to be cancelled; answers their entries. */
    public List<IndexedJob> requestCancel(List<JobId> ids) {
        return change(REQUEST_CANCEL, ids);
    }

    /** Unfinished jobs that are to be cancelled, the oldest first. */
    public List<IndexedJob> notedCancels(int most) {
        return database.query(NOTED_CANCELS, statement -> statement.setInt(1, most), JobQueries::runnable);
    }

    private List<IndexedJob> change(Sql sql, List<JobId> ids) {
        return database.query(sql, statement -> bind(statement, ids), JobQueries::runnable);
    }

    private Optional<IndexedJob> noted(Sql sql, JobId id, Actor actor, Action action) {
        return audit.noted(
                actor,
                action,
                Target.job(id),
                connection ->
                        Database.query(connection, sql, statement -> bind(statement, List.of(id)), JobQueries::runnable)
                                .stream()
                                .findFirst());
    }

    private static void bind(PreparedStatement statement, List<JobId> ids) throws SQLException {
        Columns.array(statement, 1, "uuid", ids, JobId::value);
    }

    private static IndexedJob runnable(ResultSet row) throws SQLException {
        JobId id = Columns.jobId(row, "id");
        Entry entry = new Entry(id, row.getInt("priority"), row.getInt("fence"));
        long time = Columns.optionalLong(row, "due_ms").orElse(id.unixMillis());
        return IndexedJob.runnable(new QueueName(row.getString("queue")), entry, time);
    }

    /**
     * Ends jobs that nobody holds, those whose fences have not moved on.
     *
     * @return those that are cancelled by now, also where another canceller was faster
     */
    public List<JobId> cancelUnheld(List<Entry> entries) {
        List<JobId> ended = idsOf(CANCEL_UNHELD, entries);
        // A statement of its own: the first does not see what was committed while it waited for a row.
        return ended.size() == entries.size() ? ended : idsOf(CANCELLED_BY_NOW, entries);
    }

    private List<JobId> idsOf(Sql sql, List<Entry> entries) {
        return database.query(
                sql,
                statement -> {
                    Columns.array(
                            statement, 1, "uuid", entries, entry -> entry.id().value());
                    Columns.array(statement, 2, "int4", entries, Entry::fence);
                },
                row -> Columns.jobId(row, "id"));
    }

    /** How many jobs of each queue wait for a time; queues without any are left out. */
    public Map<QueueName, Long> scheduledByQueue() {
        return countByQueue(SCHEDULED);
    }

    /** How many dead jobs of each queue are kept; queues without any are left out. */
    public Map<QueueName, Long> deadByQueue() {
        return countByQueue(DEAD);
    }

    private Map<QueueName, Long> countByQueue(Sql sql) {
        Map<QueueName, Long> counts = new HashMap<>();
        database.query(
                sql, statement -> {}, row -> counts.put(new QueueName(row.getString("queue")), row.getLong("jobs")));
        return counts;
    }
}
