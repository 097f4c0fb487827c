package io.millrace.core.postgres;

import io.millrace.core.job.QueuePatterns;
import io.millrace.core.job.StoredState;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How values go into array parameters, and how they come out of rows. */
final class Columns {

    private static final int FEWEST_IDS = 16;

    private Columns() {}

    /** Sets one parameter to an array with one value of each item. */
    static <T> void array(
            PreparedStatement statement, int index, String type, List<T> items, Function<T, @Nullable Object> value)
            throws SQLException {
        @Nullable Object[] values = type.equals("bytea") ? new byte[items.size()][] : new Object[items.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(items.get(i));
        }
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }

    /**
     * Sets one parameter to the ids to join with, never fewer than {@value #FEWEST_IDS}: nulls fill up. PostgreSQL plans
     * a statement with a short array anew each time, since it takes the plan for any array to be dearer; that costs
     * several times what running it does, and more with every partition.
     */
    static <T> void ids(PreparedStatement statement, int index, List<T> items, Function<T, UUID> id)
            throws SQLException {
        @Nullable Object[] values = new Object[Math.max(FEWEST_IDS, items.size())];
        for (int i = 0; i < items.size(); i++) {
            values[i] = id.apply(items.get(i));
        }
        statement.setArray(index, statement.getConnection().createArrayOf("uuid", values));
    }

    /** Patterns of queues as LIKE takes them; an underscore is a name's character there too. */
    static Array likeAny(PreparedStatement statement, QueuePatterns queues) throws SQLException {
        Object[] texts = queues.texts().stream()
                .map(pattern -> pattern.replace("_", "\\_").replace('*', '%'))
                .toArray();
        return statement.getConnection().createArrayOf("text", texts);
    }

    static JobId jobId(ResultSet row, String column) throws SQLException {
        return new JobId(row.getObject(column, UUID.class));
    }

    static List<JobId> jobIds(ResultSet row, String column) throws SQLException {
        return Arrays.stream((UUID[]) row.getArray(column).getArray())
                .map(JobId::new)
                .toList();
    }

    static OptionalLong optionalLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    static List<String> tags(ResultSet row) throws SQLException {
        String joined = row.getString("tags");
        return joined == null ? List.of() : List.of(joined.split(","));
    }

    /** What users see of a row that has {@code state} and {@code scheduled}; who holds the job is not in the row. */
    static JobState shownState(ResultSet row) throws SQLException {
        return switch (StoredState.ofCode(row.getInt("state"))) {
            case WAITING -> row.getBoolean("scheduled") ? JobState.SCHEDULED : JobState.READY;
            case SUCCEEDED -> JobState.SUCCEEDED;
            case DEAD -> JobState.DEAD;
            case CANCELLED -> JobState.CANCELLED;
        };
    }
}
