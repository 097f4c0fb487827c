package io.millrace.core.postgres;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.JobEdit;
import io.millrace.core.job.StoredState;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;

/** Changes and removes rows of jobs that nobody runs. */
public final class JobEditRows {

    private static final Sql EDIT_WAITING = Sql.named("edit_waiting");
    private static final Sql EDIT_ENDED = Sql.named("edit_ended");
    private static final Sql DELETE_ENDED = Sql.named("delete_ended");

    private final Database database;

    /** @param database where the rows are */
    public JobEditRows(Database database) {
        this.database = database;
    }

    /** Changes an unfinished job; what is to be indexed then, or empty when its fence has moved on. */
    public Optional<IndexedJob> editWaiting(Entry entry, JobEdit edit) {
        return database
                .query(
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
    public boolean editEnded(Entry entry, JobEdit edit) {
        return database.update(EDIT_ENDED, statement -> {
                    bind(statement, edit);
                    statement.setObject(3, entry.id().value());
                    statement.setInt(4, entry.fence());
                })
                > 0;
    }

    /** Removes a job; false when it has not ended, or is gone. */
    public boolean deleteEnded(JobId id) {
        return !delete(List.of(id), StoredState.SUCCEEDED, StoredState.DEAD, StoredState.CANCELLED)
                .isEmpty();
    }

    /** Removes those of these jobs that are dead; answers them. */
    public List<JobId> discard(List<JobId> ids) {
        return delete(ids, StoredState.DEAD);
    }

    private List<JobId> delete(List<JobId> ids, StoredState... states) {
        return database.query(
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
