package io.millrace.core.postgres;

import static io.millrace.core.postgres.Columns.array;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.StoredState;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** What the caretakers read and write: raises, walks over unfinished rows, and where a walk stands. */
public final class UpkeepRows {

    private static final Sql RAISE = Sql.named("raise");
    private static final Sql INDEX_READ = Sql.named("index_read");
    private static final Sql SWEEP_ACCEPTED = Sql.named("sweep_accepted");
    private static final Sql SWEEP_DUE = Sql.named("sweep_due");
    private static final UUID LAST = new UUID(-1, -1);
    private static final Sql UNFINISHED = Sql.named("unfinished_of_queue");
    private static final Sql EXPIRED = Sql.named("expired");
    private static final Sql EXPIRE = Sql.named("expire");
    private static final Sql CURSOR_READ =
            new Sql("cursor_read", "SELECT position FROM cursor_position WHERE name = ?");
    private static final Sql CURSOR_WRITE = new Sql(
            "cursor_write",
            "INSERT INTO cursor_position (name, position) VALUES (?, ?)"
                    + " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
                    + " WHERE cursor_position.position < excluded.position");

    private final Database database;

    /**
     * A lease that ran out.
     *
     * @param entry what was leased
     * @param begun whether its handler had begun, so that a crash is recorded
     * @param worker who held it
     */
    public record Expired(Entry entry, boolean begun, String worker) {}

    /**
     * How many crashes make a job dead, and how long it rests after each but the last.
     *
     * @param enough crashes
     * @param pauses after the first, second, … crash
     */
    public record CrashBudget(int enough, List<Duration> pauses) {}

    /**
     * A row as the index should show it.
     *
     * @param entry id, priority, current fence
     * @param state stored state
     * @param dueMillis its time, unix ms
     * @param ahead whether that time is still ahead
     */
    public record IndexRow(Entry entry, StoredState state, OptionalLong dueMillis, boolean ahead) {

        /** When it may run: its due time, or else its acceptance. */
        public long timeMillis() {
            return dueMillis.orElse(entry.id().unixMillis());
        }
    }

    /**
     * A place in the order of due times.
     *
     * @param micros unix microseconds
     * @param id parts rows of the same time
     */
    public record DuePosition(long micros, UUID id) {

        private static final UUID LAST = new UUID(-1L, -1L);

        /** Before every row that has a time. */
        public static final DuePosition FIRST = new DuePosition(0, new UUID(0, 0));

        /** Behind every row that is due at this moment. */
        public static DuePosition at(Instant moment) {
            return new DuePosition(ChronoUnit.MICROS.between(Instant.EPOCH, moment), LAST);
        }
    }

    /**
     * An unfinished row with a time.
     *
     * @param job what the index should hold of it
     * @param position where it stands in the walk
     */
    public record DueJob(IndexedJob job, DuePosition position) {}

    /**
     * An unfinished row whose start deadline has passed.
     *
     * @param queue where it waits
     * @param entry what the index may hold of it
     * @param position where it stands in the walk of deadlines
     */
    public record ExpiredJob(QueueName queue, Entry entry, DuePosition position) {}

    /** @param database where the rows are */
    public UpkeepRows(Database database) {
        this.database = database;
    }

    /** Raises the fences of those that still have the fence that was handed out; answers their new rows. */
    public List<IndexRow> raise(List<Expired> expired, CrashBudget budget) {
        return database.query(
                RAISE,
                statement -> {
                    array(statement, 1, "uuid", expired, e -> e.entry.id().value());
                    array(statement, 2, "int4", expired, e -> e.entry.fence());
                    array(statement, 3, "bool", expired, Expired::begun);
                    array(statement, 4, "text", expired, Expired::worker);
                    statement.setInt(5, budget.enough);
                    array(statement, 6, "int8", budget.pauses, Duration::toMillis);
                },
                UpkeepRows::indexRow);
    }

    /** Reads what the index should hold of these jobs; one that is gone is left out. */
    public List<IndexRow> read(List<JobId> ids) {
        return database.query(
                INDEX_READ, statement -> array(statement, 1, "uuid", ids, JobId::value), UpkeepRows::indexRow);
    }

    private static IndexRow indexRow(ResultSet row) throws SQLException {
        return new IndexRow(
                entry(row),
                StoredState.ofCode(row.getInt("state")),
                Columns.optionalLong(row, "due_ms"),
                row.getBoolean("ahead"));
    }

    /** Unfinished rows accepted from {@code from} on and before {@code to}, which never waited for a time. */
    public List<IndexedJob> acceptedBetween(JobId from, JobId to, int most) {
        return walk(SWEEP_ACCEPTED, statement -> {
            statement.setObject(1, from.value());
            statement.setObject(2, to.value());
            statement.setInt(3, most);
        });
    }

    /** Unfinished rows whose time came behind {@code from} and not after {@code to}, in the order of their times. */
    public List<DueJob> dueBetween(DuePosition from, Instant to, int most) {
        return database.query(
                SWEEP_DUE,
                statement -> {
                    statement.setLong(1, from.micros);
                    statement.setObject(2, from.id);
                    statement.setLong(3, DuePosition.at(to).micros);
                    statement.setInt(4, most);
                },
                row -> new DueJob(
                        indexedJob(row), new DuePosition(row.getLong("due_us"), row.getObject("id", UUID.class))));
    }

    /**
     * Unfinished, due rows of a queue behind {@code after}, in the order of ids.
     *
     * @param until only those that were accepted and due by then; empty for all
     */
    public List<IndexedJob> unfinished(QueueName queue, Optional<JobId> after, Optional<Instant> until, int most) {
        return walk(UNFINISHED, statement -> {
            statement.setString(1, queue.value());
            statement.setObject(2, after.map(JobId::value).orElse(new UUID(0, 0)));
            statement.setObject(3, until.map(JobId::firstAt).map(JobId::value).orElse(LAST));
            statement.setObject(
                    4, until.map(time -> time.atOffset(ZoneOffset.UTC)).orElse(OffsetDateTime.MAX));
            statement.setInt(5, most);
        });
    }

    /** Unfinished rows whose start deadline has passed, behind {@code from}, in the order of their deadlines. */
    public List<ExpiredJob> expired(DuePosition from, int most) {
        return database.query(
                EXPIRED,
                statement -> {
                    statement.setLong(1, from.micros);
                    statement.setObject(2, from.id);
                    statement.setInt(3, most);
                },
                row -> new ExpiredJob(
                        new QueueName(row.getString("queue")),
                        entry(row),
                        new DuePosition(row.getLong("expires_us"), row.getObject("id", UUID.class))));
    }

    /** Ends those of these that no handler has begun by their start deadline and that have this fence; answers them. */
    public List<JobId> expire(List<Entry> entries) {
        return database.query(
                EXPIRE,
                statement -> {
                    array(statement, 1, "uuid", entries, entry -> entry.id().value());
                    array(statement, 2, "int4", entries, Entry::fence);
                },
                row -> Columns.jobId(row, "id"));
    }

    private List<IndexedJob> walk(Sql sql, Database.Binder binder) {
        return database.query(sql, binder, UpkeepRows::indexedJob);
    }

    private static IndexedJob indexedJob(ResultSet row) throws SQLException {
        Entry entry = entry(row);
        long time = Columns.optionalLong(row, "due_ms").orElse(entry.id().unixMillis());
        return IndexedJob.waiting(new QueueName(row.getString("queue")), entry, time);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(Columns.jobId(row, "id"), row.getInt("priority"), row.getInt("fence"));
    }

    /** Where a walk stands; empty before its first step. */
    public Optional<Instant> cursor(String name) {
        return database
                .query(
                        CURSOR_READ,
                        statement -> statement.setString(1, name),
                        row -> row.getObject(1, OffsetDateTime.class).toInstant())
                .stream()
                .findFirst();
    }

    /** Moves a walk's position forward, never back. */
    public void moveCursor(String name, Instant position) {
        database.update(CURSOR_WRITE, (PreparedStatement statement) -> {
            statement.setString(1, name);
            statement.setObject(2, position.atOffset(ZoneOffset.UTC));
        });
    }
}
