package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.Operation;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.postgres.AuditRows.Target;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations and how far they are. */
public final class OperationRows {

    private static final String COLUMNS =
            "id, kind, state, created_by, created_at, finished_at, queue, type, tag, error,"
                    + " created_from, created_before, within, fingerprint, rate, changed, skipped, position_us, position_id";
    private static final Sql INSERT = new Sql(
            "operation_insert",
            "INSERT INTO operation (id, kind, created_by, queue, type, tag, error, created_from, created_before,"
                    + " fingerprint, rate, within) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private static final Sql FIND = new Sql("operation_find", "SELECT " + COLUMNS + " FROM operation WHERE id = ?");
    private static final Sql LATEST =
            new Sql("operation_latest", "SELECT " + COLUMNS + " FROM operation ORDER BY id DESC LIMIT ?");
    private static final Sql RUNNING = new Sql(
            "operation_running",
            "SELECT " + COLUMNS
                    + ", (extract(epoch FROM clock_timestamp() - coalesce(paged_at, created_at)) * 1000000)::int8 AS rested_us"
                    + " FROM operation WHERE state = 'running' ORDER BY id");
    private static final Sql ADVANCE = new Sql(
            "operation_advance",
            "UPDATE operation SET changed = changed + ?, skipped = skipped + ?, position_us = ?, position_id = ?,"
                    + " paged_at = clock_timestamp() WHERE id = ? AND state = 'running'");
    private static final Sql FINISH = new Sql(
            "operation_finish",
            "UPDATE operation SET state = ?, finished_at = clock_timestamp() WHERE id = ? AND state = 'running'");

    private final Database database;
    private final AuditRows audit;

    /**
     * An operation that goes on.
     *
     * @param operation the operation
     * @param position where its next page begins; null for the beginning
     * @param rested how long ago its last page was done, by whichever node, or it was asked for
     */
    public record Going(Operation operation, @Nullable Position position, Duration rested) {}

    /** @param database where the rows are */
    public OperationRows(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
    }

    /** Writes a new operation; the actor is who it was created by. */
    public void insert(Operation operation, Actor actor) {
        audit.noted(actor, Action.OPERATION_START, Target.operation(operation.id()), connection -> {
            insert(connection, operation);
            return Optional.of(operation);
        });
    }

    private static void insert(Connection connection, Operation operation) throws SQLException {
        JobFilter filter = operation.filter();
        Database.update(connection, INSERT, statement -> {
            statement.setObject(1, operation.id());
            statement.setString(2, operation.kind().wireName());
            statement.setString(3, operation.createdBy());
            statement.setString(4, filter.queue().map(QueueName::value).orElse(null));
            statement.setString(5, filter.type().map(JobType::value).orElse(null));
            statement.setString(6, filter.tag().orElse(null));
            statement.setString(7, filter.error().orElse(null));
            statement.setObject(
                    8,
                    filter.createdFrom().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
            statement.setObject(
                    9,
                    filter.createdBefore()
                            .map(at -> at.atOffset(ZoneOffset.UTC))
                            .orElse(null));
            statement.setString(10, operation.fingerprint().orElse(null));
            statement.setObject(11, operation.rate().orElse(null));
            statement.setString(12, filter.within().joined());
        });
    }

    /** One operation, if it exists. */
    public Optional<Operation> find(UUID id) {
        return database.query(FIND, statement -> statement.setObject(1, id), OperationRows::operation).stream()
                .findFirst();
    }

    /** The newest operations. */
    public List<Operation> latest(int most) {
        return database.query(LATEST, statement -> statement.setInt(1, most), OperationRows::operation);
    }

    /** Those that go on, the oldest first. */
    public List<Going> running() {
        return database.query(RUNNING, statement -> {}, row -> {
            UUID id = row.getObject("position_id", UUID.class);
            return new Going(
                    operation(row),
                    id == null ? null : Position.of(row.getLong("position_us"), id),
                    Duration.of(row.getLong("rested_us"), ChronoUnit.MICROS));
        });
    }

    /** Notes what a page came to, and where the next begins; false when somebody aborted it. */
    public boolean advance(UUID id, int changed, int skipped, Position position) {
        return database.update(ADVANCE, statement -> {
                    statement.setInt(1, changed);
                    statement.setInt(2, skipped);
                    statement.setLong(3, position.micros());
                    statement.setObject(4, position.id().value());
                    statement.setObject(5, id);
                })
                > 0;
    }

    /** Notes that one is done; false when it has ended before. */
    public boolean finish(UUID id) {
        return database.update(FINISH, statement -> bind(statement, Operation.State.DONE, id)) > 0;
    }

    /** Ends one that goes on; false when it has ended. */
    public boolean abort(UUID id, Actor actor) {
        return audit.noted(actor, Action.OPERATION_ABORT, Target.operation(id), connection -> {
                    int ended = Database.update(
                            connection, FINISH, statement -> bind(statement, Operation.State.ABORTED, id));
                    return ended > 0 ? Optional.of(id) : Optional.empty();
                })
                .isPresent();
    }

    private static void bind(PreparedStatement statement, Operation.State state, UUID id) throws SQLException {
        statement.setString(1, state.wireName());
        statement.setObject(2, id);
    }

    private static Operation operation(ResultSet row) throws SQLException {
        return new Operation(
                row.getObject("id", UUID.class),
                Operation.Kind.of(row.getString("kind")),
                Operation.State.of(row.getString("state")),
                row.getString("created_by"),
                Columns.instant(row, "created_at").orElseThrow(),
                Columns.instant(row, "finished_at"),
                new JobFilter(
                        Columns.text(row, "queue").map(QueueName::new),
                        Columns.text(row, "type").map(JobType::new),
                        Optional.empty(),
                        Columns.text(row, "tag"),
                        Columns.text(row, "error"),
                        Optional.empty(),
                        Columns.instant(row, "created_from"),
                        Columns.instant(row, "created_before"),
                        QueuePatterns.read(row.getString("within"))),
                Columns.text(row, "fingerprint"),
                Optional.ofNullable(row.getObject("rate", Integer.class)),
                row.getLong("changed"),
                row.getLong("skipped"));
    }
}
