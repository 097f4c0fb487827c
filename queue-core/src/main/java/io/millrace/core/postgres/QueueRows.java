package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.postgres.AuditRows.Target;
import io.millrace.protocol.QueueName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The queues that exist, their settings, and the numbers of their indexes. */
public final class QueueRows {

    private static final Sql ENSURE =
            new Sql("queue_ensure", "INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING");
    private static final Sql ALL =
            new Sql("queue_all", "SELECT name, paused, idempotency_life_ms, backlog_limit FROM queue ORDER BY name");
    private static final Sql FIND =
            new Sql("queue_find", "SELECT name, paused, idempotency_life_ms, backlog_limit FROM queue WHERE name = ?");
    private static final Sql EPOCH = new Sql("queue_epoch", "SELECT epoch FROM queue WHERE name = ?");
    private static final Sql RAISE_EPOCH =
            new Sql("queue_raise_epoch", "UPDATE queue SET epoch = epoch + 1 WHERE name = ? RETURNING epoch, paused");
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
    public record QueueRow(QueueName name, boolean paused, QueueSettings settings) {}

    /**
     * A new number for a queue's index.
     *
     * @param number never given before
     * @param paused whether dispatch is paused
     */
    public record Epoch(long number, boolean paused) {}

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
        OptionalLong limit = Columns.optionalLong(row, "backlog_limit");
        return new QueueRow(
                new QueueName(row.getString("name")),
                row.getBoolean("paused"),
                new QueueSettings(
                        life.isPresent() ? Optional.of(Duration.ofMillis(life.getAsLong())) : Optional.empty(),
                        limit.isPresent() ? Optional.of((int) limit.getAsLong()) : Optional.empty()));
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
                        row -> new Epoch(row.getLong("epoch"), row.getBoolean("paused")))
                .getFirst();
    }

    /** Changes settings of a queue; false when it does not exist. */
    public boolean change(QueueName queue, QueueSettings.Change change, Actor actor) {
        return noted(queue, Action.QUEUE_SETTINGS, actor, CHANGE, statement -> {
            statement.setBoolean(1, change.idempotencyLife().isPresent());
            statement.setObject(
                    2,
                    change.idempotencyLife()
                            .flatMap(life -> life)
                            .map(Duration::toMillis)
                            .orElse(null),
                    Types.BIGINT);
            statement.setBoolean(3, change.backlogLimit().isPresent());
            statement.setObject(4, change.backlogLimit().flatMap(limit -> limit).orElse(null), Types.INTEGER);
            statement.setString(5, queue.value());
        });
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
