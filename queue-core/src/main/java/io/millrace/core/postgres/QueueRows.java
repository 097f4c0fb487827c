package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.postgres.AuditRows.Target;
import io.millrace.protocol.QueueName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The queues that exist, their settings, and the numbers of their indexes. */
public final class QueueRows {

    private static final Sql ENSURE =
            new Sql("queue_ensure", "INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING");
    private static final String COLUMNS =
            "name, paused, idempotency_life_ms, backlog_limit, concurrency_limit, rate_limit";
    private static final Sql ALL = new Sql("queue_all", "SELECT " + COLUMNS + " FROM queue ORDER BY name");
    private static final Sql FIND = new Sql("queue_find", "SELECT " + COLUMNS + " FROM queue WHERE name = ?");
    private static final Sql EPOCH = new Sql("queue_epoch", "SELECT epoch FROM queue WHERE name = ?");
    private static final Sql RAISE_EPOCH = new Sql(
            "queue_raise_epoch", "UPDATE queue SET epoch = epoch + 1 WHERE name = ? RETURNING epoch, " + COLUMNS);
    private static final Sql PAUSE = new Sql("queue_pause", "UPDATE queue SET paused = ? WHERE name = ?");

    private static final Sql CHANGE = Sql.named("queue_change");

    private final Database database;
    private final AuditRows audit;

    /**
     * A queue's row.
     *
     * @param name its name
     * @param paused whether dispatch is paused
     * @param settings what else is settled about it
     */
    public record QueueRow(QueueName name, boolean paused, QueueSettings settings) {

        /** What claims must know of it. */
        public DispatchSettings dispatch() {
            return new DispatchSettings(paused, settings.concurrencyLimit(), settings.rateLimit());
        }
    }

    /**
     * A new number for a queue's index.
     *
     * @param number never given before
     * @param dispatch what claims must know of the queue
     */
    public record Epoch(long number, DispatchSettings dispatch) {}

    /** @param database where the rows are */
    public QueueRows(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
    }

    /** Makes the queue exist. */
    public void ensure(QueueName queue) {
        database.update(ENSURE, statement -> statement.setString(1, queue.value()));
    }

    /** Every queue by name. */
    public List<QueueRow> all() {
        return database.query(ALL, statement -> {}, QueueRows::row);
    }

    /** One queue, if it exists. */
    public Optional<QueueRow> find(QueueName queue) {
        return database.query(FIND, statement -> statement.setString(1, queue.value()), QueueRows::row).stream()
                .findFirst();
    }

    private static QueueRow row(ResultSet row) throws SQLException {
        OptionalLong life = Columns.optionalLong(row, "idempotency_life_ms");
        return new QueueRow(
                new QueueName(row.getString("name")),
                row.getBoolean("paused"),
                new QueueSettings(
                        life.isPresent() ? Optional.of(Duration.ofMillis(life.getAsLong())) : Optional.empty(),
                        optionalInt(row, "backlog_limit"),
                        optionalInt(row, "concurrency_limit"),
                        optionalDouble(row, "rate_limit")));
    }

    private static Optional<Integer> optionalInt(ResultSet row, String column) throws SQLException {
        OptionalLong value = Columns.optionalLong(row, column);
        return value.isPresent() ? Optional.of((int) value.getAsLong()) : Optional.empty();
    }

    private static Optional<Double> optionalDouble(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    /** The newest number that a queue's index was given; 0 when it never had one or does not exist. */
    public long newestEpoch(QueueName queue) {
        return database
                .query(EPOCH, statement -> statement.setString(1, queue.value()), row -> row.getLong("epoch"))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /** Takes the next number for a queue's index. The queue exists. */
    public Epoch raiseEpoch(QueueName queue) {
        return database.query(
                        RAISE_EPOCH,
                        statement -> statement.setString(1, queue.value()),
                        row -> new Epoch(row.getLong("epoch"), row(row).dispatch()))
                .getFirst();
    }

    /** Changes settings of a queue; false when it does not exist. */
    public boolean change(QueueName queue, QueueSettings.Change change, Actor actor) {
        return noted(queue, Action.QUEUE_SETTINGS, actor, CHANGE, statement -> {
            set(statement, 1, change.idempotencyLife(), Duration::toMillis, Types.BIGINT);
            set(statement, 3, change.backlogLimit(), limit -> limit, Types.INTEGER);
            set(statement, 5, change.concurrencyLimit(), limit -> limit, Types.INTEGER);
            set(statement, 7, change.rateLimit(), limit -> limit, Types.DOUBLE);
            statement.setString(9, queue.value());
        });
    }

    /** Two parameters: whether to change it, and the value. */
    private static <T> void set(
            PreparedStatement statement, int at, Optional<Optional<T>> change, Function<T, Object> stored, int type)
            throws SQLException {
        statement.setBoolean(at, change.isPresent());
        statement.setObject(at + 1, change.flatMap(value -> value).map(stored).orElse(null), type);
    }

    /** Pauses or resumes a queue; false when it does not exist. */
    public boolean setPaused(QueueName queue, boolean paused, Actor actor) {
        return noted(queue, paused ? Action.QUEUE_PAUSE : Action.QUEUE_RESUME, actor, PAUSE, statement -> {
            statement.setBoolean(1, paused);
            statement.setString(2, queue.value());
        });
    }

    private boolean noted(QueueName queue, Action action, Actor actor, Sql sql, Database.Binder binder) {
        return audit.noted(
                        actor,
                        action,
                        Target.queue(queue),
                        connection ->
                                Database.update(connection, sql, binder) > 0 ? Optional.of(queue) : Optional.empty())
                .isPresent();
    }
}
