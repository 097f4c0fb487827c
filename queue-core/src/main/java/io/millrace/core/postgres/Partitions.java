package io.millrace.core.postgres;

import io.millrace.protocol.JobId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;

/**
 * The daily partitions of {@code job} and {@code attempt}. A day is a range of ids, since an id begins with the time of
 * acceptance.
 */
public final class Partitions {

    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;

    /**
     * Room on each page for the second write of every row on it, which then changes no index (HOT). Measured with
     * 200-byte payloads finished in the order of acceptance, 50 to 500 a statement: all updates are HOT at 50, and 63 to
     * 70 % of them at 60, where the table also ends up larger.
     */
    private static final String JOB_STORAGE = "fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05,"
            + " autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0";

    private static final Sql LIST = new Sql(
            "partitions",
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                    + " WHERE i.inhparent = ?::regclass ORDER BY c.relname");
    private static final Sql DAYS = new Sql(
            "days",
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
                    + " AND relname ~ '^job_p[0-9]{8}$' ORDER BY relname");
    private static final Sql DETACH_PENDING = new Sql(
            "detach_pending",
            "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass(?) AND inhparent = ?::regclass");
    private static final Sql KEPT = new Sql(
            "kept_between",
            "SELECT 1 FROM job WHERE id >= ? AND id < ? AND (state = 0 OR finished_at > ? OR dead_at > ?) LIMIT 1");

    private final Database database;

    /** @param database where the tables are */
    public Partitions(Database database) {
        this.database = database;
    }

    /**
     * Makes the partition of a day, if it is missing. It is made on its own and then attached, so that traffic waits only
     * for the attachment; nodes that try it at once wait for each other.
     */
    public void ensure(LocalDate day) {
        create("job", day, " WITH (" + JOB_STORAGE + ")");
        create("attempt", day, "");
    }

    private void create(String table, LocalDate day, String storage) {
        String name = table + "_p" + day.format(SUFFIX);
        if (list(table).contains(name)) {
            return;
        }
        database.with("partition " + name, connection -> {
            connection.setAutoCommit(false);
            try {
                execute(
                        connection,
                        "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '" + name + "', 0))");
                if (!exists(connection, name)) {
                    execute(
                            connection,
                            "CREATE TABLE " + name + " (LIKE " + table + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
                                    + storage);
                    execute(
                            connection,
                            "ALTER TABLE " + table + " ATTACH PARTITION " + name + " FOR VALUES FROM ('" + bound(day)
                                    + "') TO ('" + bound(day.plusDays(1)) + "')");
                }
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return name;
        });
    }

    private static boolean exists(Connection connection, String name) throws SQLException {
        return Database.query(
                        connection,
                        new Sql("exists", "SELECT to_regclass(?) IS NOT NULL"),
                        statement -> statement.setString(1, name),
                        row -> row.getBoolean(1))
                .getFirst();
    }

    /** The days that have a partition, oldest first; those included whose dropping was cut off. */
    public List<LocalDate> days() {
        return database.query(DAYS, statement -> {}, row -> row.getString(1)).stream()
                .map(name -> LocalDate.parse(name.substring("job_p".length()), SUFFIX))
                .toList();
    }

    private List<String> list(String table) {
        return database.query(LIST, statement -> statement.setString(1, table), row -> row.getString(1));
    }

    /** Whether a job of this day is unfinished, or ended so recently that it is still kept. */
    public boolean isNeeded(LocalDate day, Instant finishedBefore, Instant deadBefore) {
        return !database.query(
                        KEPT,
                        statement -> {
                            statement.setObject(1, first(day).value());
                            statement.setObject(2, first(day.plusDays(1)).value());
                            statement.setObject(3, finishedBefore.atOffset(ZoneOffset.UTC));
                            statement.setObject(4, deadBefore.atOffset(ZoneOffset.UTC));
                        },
                        row -> row.getInt(1))
                .isEmpty();
    }

    /** Drops the partition of a day without stopping traffic; takes up what an earlier call left half done. */
    public void drop(LocalDate day) {
        for (String table : List.of("attempt", "job")) {
            String name = table + "_p" + day.format(SUFFIX);
            database.with("partition " + name, connection -> {
                for (boolean pending : detachPending(connection, table, name)) {
                    execute(
                            connection,
                            "ALTER TABLE " + table + " DETACH PARTITION " + name
                                    + (pending ? " FINALIZE" : " CONCURRENTLY"));
                }
                execute(connection, "DROP TABLE IF EXISTS " + name);
                return name;
            });
        }
    }

    /** Whether a detachment was begun; empty when the partition is not attached. */
    private static List<Boolean> detachPending(Connection connection, String table, String name) throws SQLException {
        return Database.query(
                connection,
                DETACH_PENDING,
                statement -> {
                    statement.setString(1, name);
                    statement.setString(2, table);
                },
                row -> row.getBoolean(1));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static JobId first(LocalDate day) {
        return JobId.firstAt(day.atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private static String bound(LocalDate day) {
        long millis = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        return new UUID(millis << 16, 0).toString();
    }
}
