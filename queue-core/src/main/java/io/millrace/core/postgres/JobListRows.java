package io.millrace.core.postgres;

import io.millrace.core.job.Entry;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.ListedJob;
import io.millrace.core.job.StoredState;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists of jobs. The statements are put together from fixed parts, so that each asks for just what is wanted and
 * PostgreSQL can take the index that fits; values are always parameters.
 */
public final class JobListRows {

    private static final String COLUMNS = """
            id, queue, type, state, priority, fence, attempt, options, tags, unique_key, worker, failure_reason, failure_message,
            due_at, started_at, finished_at, coalesce(due_at > clock_timestamp(), false) AS scheduled""";

    private final Database database;

    /**
     * A row of a walk.
     *
     * @param job as the row tells: an unfinished one is scheduled or ready
     * @param position where it stands
     */
    public record Row(ListedJob job, Position position) {}

    /** A statement and the values of its parameters, in order. */
    record Query(Sql sql, List<Object> values) {}

    /** @param database where the rows are */
    public JobListRows(Database database) {
        this.database = database;
    }

    /**
     * The rows that match among the next of a walk.
     *
     * @param after where to go on; null for the beginning
     * @param walked how many rows are looked at, at most
     * @param most how many are read, at most
     */
    public List<Row> page(JobWalk walk, JobFilter filter, @Nullable Position after, int walked, int most) {
        return run(pageQuery(walk, filter, after, walked, most), JobListRows::row);
    }

    static Query pageQuery(JobWalk walk, JobFilter filter, @Nullable Position after, int walked, int most) {
        Conditions span = span(walk, filter, after);
        Conditions wanted = wanted(filter);
        if (walk == JobWalk.UNFINISHED) {
            // Beside the walk and not in it: how many rows are looked at must be bounded.
            wanted.add("state = 0");
        }
        String text = "SELECT " + COLUMNS + ", " + walk.position() + " AS position FROM (SELECT * FROM job WHERE "
                + span.joined() + " ORDER BY " + walk.order() + " LIMIT ?) walked WHERE " + wanted.joined()
                + " ORDER BY " + walk.order() + " LIMIT ?";
        List<Object> values = new ArrayList<>(span.values());
        values.add(walked);
        values.addAll(wanted.values());
        values.add(most);
        return new Query(new Sql("job_list", text), values);
    }

    /** Where a walk stands after so many rows, whether they match or not; empty when it ends before. */
    public Optional<Position> positionAfter(JobWalk walk, JobFilter filter, @Nullable Position after, int walked) {
        return run(positionQuery(walk, filter, after, walked), JobListRows::at).stream()
                .findFirst();
    }

    static Query positionQuery(JobWalk walk, JobFilter filter, @Nullable Position after, int walked) {
        Conditions span = span(walk, filter, after);
        String text = "SELECT " + walk.position() + " AS position, id FROM job WHERE " + span.joined() + " ORDER BY "
                + walk.order() + " OFFSET ? LIMIT 1";
        List<Object> values = new ArrayList<>(span.values());
        values.add(walked - 1);
        return new Query(new Sql("job_list_end", text), values);
    }

    private <R> List<R> run(Query query, Database.RowReader<R> reader) {
        return database.query(query.sql, statement -> Conditions.bind(statement, 1, query.values), reader);
    }

    /** The jobs of these ids that are unfinished and match, newest first. */
    public List<ListedJob> unfinished(List<JobId> ids, JobFilter filter, int most) {
        Conditions wanted = wanted(filter);
        String text = "SELECT " + COLUMNS + ", 0::int8 AS position FROM unnest(?::uuid[]) AS i (job_id)"
                + " JOIN job ON id = job_id WHERE state = 0 AND " + wanted.joined() + " ORDER BY id DESC LIMIT ?";
        return database
                .query(
                        new Sql("job_list_running", text),
                        statement -> {
                            Columns.array(statement, 1, "uuid", ids, JobId::value);
                            List<Object> values = new ArrayList<>(wanted.values());
                            values.add(most);
                            Conditions.bind(statement, 2, values);
                        },
                        JobListRows::row)
                .stream()
                .map(Row::job)
                .toList();
    }

    private static Conditions span(JobWalk walk, JobFilter filter, @Nullable Position after) {
        Conditions span = new Conditions();
        span.add(walk.rows());
        if (!walk.goesByTime()) {
            filter.queue().ifPresent(queue -> span.add("queue = ?", queue.value()));
            created(span, filter);
        }
        if (after != null) {
            if (walk.goesByTime()) {
                span.add(walk.after(), after.micros(), after.id().value());
            } else {
                span.add(walk.after(), after.id().value());
            }
        }
        return span;
    }

    private static void created(Conditions conditions, JobFilter filter) {
        filter.createdFrom()
                .ifPresent(from -> conditions.add("id >= ?", JobId.firstAt(from).value()));
        filter.createdBefore()
                .ifPresent(
                        before -> conditions.add("id < ?", JobId.firstAt(before).value()));
    }

    private static Conditions wanted(JobFilter filter) {
        Conditions wanted = new Conditions();
        wanted.add("true");
        filter.queue().ifPresent(queue -> wanted.add("queue = ?", queue.value()));
        if (!filter.within().areAll()) {
            wanted.add("queue LIKE ANY (?)", filter.within());
        }
        created(wanted, filter);
        filter.type().ifPresent(type -> wanted.add("type = ?", type.value()));
        filter.tag().ifPresent(tag -> wanted.add("position(',' || ? || ',' IN ',' || tags || ',') > 0", tag));
        filter.error().ifPresent(text -> wanted.add("position(lower(?) IN lower(failure_message)) > 0", text));
        filter.state().ifPresent(state -> {
            switch (state) {
                case SUCCEEDED, DEAD, CANCELLED ->
                    wanted.add("state = ?", StoredState.valueOf(state.name()).code());
                case SCHEDULED -> wanted.add("state = 0 AND due_at > clock_timestamp()");
                case READY, RUNNING -> wanted.add("state = 0 AND (due_at IS NULL OR due_at <= clock_timestamp())");
            }
        });
        return wanted;
    }

    private static Position at(ResultSet row) throws SQLException {
        return new Position(row.getLong("position"), Columns.jobId(row, "id"));
    }

    private static Row row(ResultSet row) throws SQLException {
        Entry entry = new Entry(Columns.jobId(row, "id"), row.getInt("priority"), row.getInt("fence"));
        String reason = row.getString("failure_reason");
        ListedJob job = new ListedJob(
                entry,
                new JobType(row.getString("type")),
                new QueueName(row.getString("queue")),
                Columns.shownState(row),
                row.getInt("attempt"),
                OptionsText.read(row.getString("options")),
                Columns.instant(row, "due_at").orElse(entry.id().createdAt()),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "finished_at"),
                Columns.tags(row),
                Columns.text(row, "unique_key"),
                reason == null
                        ? Optional.empty()
                        : Optional.of(new JobDetails.Failure(
                                reason, Columns.text(row, "failure_message").orElse(""))),
                Columns.text(row, "worker"));
        return new Row(job, at(row));
    }
}
