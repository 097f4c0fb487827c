package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.JobEdit;
import io.millrace.core.job.StoredState;
import io.millrace.core.postgres.AuditRows.Target;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes and removes rows of jobs that nobody runs. */
public final class JobEditRows {

    private static final Sql EDIT_WAITING = Sql.named("edit_waiting");
    private static final Sql EDIT_ENDED = Sql.named("edit_ended");
    private static final Sql DELETE_ENDED = Sql.named("delete_ended");

    private final Database database;
    private final AuditRows audit;

    /** @param database where the rows are */
    public JobEditRows(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
    }

    /** Changes an unfinished job; what is to be indexed then, or empty when its fence has moved on. */
    public Optional<IndexedJob> editWaiting(Entry entry, JobEdit edit, Actor actor) {
        return audit.noted(
                actor,
                Action.JOB_EDIT,
                Target.job(entry.id()),
                connection -> editWaiting(connection, entry, edit, null, Instant.EPOCH));
    }

    /**
     * Changes an unfinished job for the sake of a submit; in the same statement that one's idempotency key stands for the
     * change from now on, unless it stands for something already.
     *
     * @param key the key; null for none
     * @param keyEnds until when it stands
     * @return what is to be indexed then, or empty when its fence has moved on
     */
    public Optional<IndexedJob> replaceWaiting(
            Entry entry, JobEdit edit, @Nullable IdempotencyKey key, Instant keyEnds) {
        return database.with(EDIT_WAITING.name(), connection -> editWaiting(connection, entry, edit, key, keyEnds));
    }

    private static Optional<IndexedJob> editWaiting(
            Connection connection, Entry entry, JobEdit edit, @Nullable IdempotencyKey key, Instant keyEnds)
            throws SQLException {
        return Database.query(
                        connection,
                        EDIT_WAITING,
                        statement -> {
                            bind(statement, edit);
                            if (edit.runAt().isPresent()) {
                                statement.setLong(3, edit.runAt().get().toEpochMilli());
                            } else {
                                statement.setNull(3, Types.BIGINT);
                            }
                            statement.setObject(4, entry.id().value());
                            statement.setInt(5, entry.fence());
                            statement.setString(6, key == null ? null : key.owner());
                            statement.setString(7, key == null ? null : key.key());
                            statement.setBytes(8, key == null ? null : key.fingerprint());
                            statement.setLong(9, keyEnds.toEpochMilli());
                        },
                        row -> new IndexedJob(
                                new QueueName(row.getString("queue")),
                                new Entry(entry.id(), row.getInt("priority"), row.getInt("fence")),
                                row.getLong("due_ms"),
                                row.getBoolean("ahead")))
                .stream()
                .findFirst();
    }

    /** Changes a dead or cancelled job; false when its fence has moved on. */
    public boolean editEnded(Entry entry, JobEdit edit, Actor actor) {
        return audit.noted(actor, Action.JOB_EDIT, Target.job(entry.id()), connection -> {
                    int changed = Database.update(connection, EDIT_ENDED, statement -> {
                        bind(statement, edit);
                        statement.setObject(3, entry.id().value());
                        statement.setInt(4, entry.fence());
                    });
                    return changed > 0 ? Optional.of(entry) : Optional.empty();
                })
                .isPresent();
    }

    /** Removes a job; false when it has not ended, or is gone. */
    public boolean deleteEnded(JobId id, Actor actor) {
        return audit.noted(
                        actor,
                        Action.JOB_DELETE,
                        Target.job(id),
                        connection -> delete(
                                        connection,
                                        List.of(id),
                                        StoredState.SUCCEEDED,
                                        StoredState.DEAD,
                                        StoredState.CANCELLED)
                                .stream()
                                .findFirst())
                .isPresent();
    }

    /** Removes those of these jobs that are dead; answers them. */
    public List<JobId> discard(List<JobId> ids) {
        return database.with(DELETE_ENDED.name(), connection -> delete(connection, ids, StoredState.DEAD));
    }

    private static List<JobId> delete(Connection connection, List<JobId> ids, StoredState... states)
            throws SQLException {
        return Database.query(
                connection,
                DELETE_ENDED,
                statement -> {
                    Columns.array(statement, 1, "uuid", ids, JobId::value);
                    Columns.array(statement, 2, "int2", List.of(states), StoredState::code);
                },
                row -> Columns.jobId(row, "id"));
    }

    private static void bind(PreparedStatement statement, JobEdit edit) throws SQLException {
        statement.setBytes(1, edit.payload().orElse(null));
        if (edit.priority().isPresent()) {
            statement.setInt(2, edit.priority().get());
        } else {
            statement.setNull(2, Types.SMALLINT);
        }
    }
}
