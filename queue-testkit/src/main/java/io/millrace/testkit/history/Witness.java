package io.millrace.testkit.history;

import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.history.Rows.Job;
import io.millrace.testkit.history.Rows.Shown;
import io.millrace.testkit.history.Rows.State;
import io.millrace.testkit.history.Rows.TimedOut;
import io.millrace.testkit.history.Rows.Transition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Notes every change of a job's state or fence inside PostgreSQL, and reads what is left at the end. */
public final class Witness {

    private final TestDatabase database;

    /** Reads one row. */
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @param database has the product's schema */
    public Witness(TestDatabase database) {
        this.database = database;
    }

    /** Sets the trigger; once, before the first job. */
    public void install() {
        execute("""
                CREATE TABLE witness (seq bigserial, id uuid, old_state int, new_state int, old_fence int, new_fence int,
                  at timestamptz DEFAULT clock_timestamp());
                CREATE FUNCTION note_transition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO witness (id, old_state, new_state, old_fence, new_fence)
                  VALUES (OLD.id, OLD.state, NEW.state, OLD.fence, NEW.fence); RETURN NULL; END $$;
                CREATE TRIGGER witness AFTER UPDATE ON job FOR EACH ROW
                  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.fence IS DISTINCT FROM NEW.fence)
                  EXECUTE FUNCTION note_transition();
                """);
    }

    /** How many jobs have not ended. */
    public long unfinished() {
        return list("SELECT count(*) FROM job WHERE state = 0", row -> row.getLong(1))
                .getFirst();
    }

    /** How many times deadlocks were found in this database. */
    public long deadlocks() {
        return list("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", row -> row.getLong(1))
                .getFirst();
    }

    /** Everything at the end. */
    public Rows rows(long indexed, Shown shown) {
        List<Job> jobs = list(
                // A redrive renews the budgets and keeps the records.
                "SELECT j.id, state, fence, attempt, crashes,"
                        + " (SELECT count(*) FROM attempt a WHERE a.job_id = j.id AND a.fence >= coalesce(r.since, 0)),"
                        + " coalesce(failure_reason, '') FROM job j LEFT JOIN (SELECT id, max(new_fence) AS since"
                        + " FROM witness WHERE old_state <> 0 AND new_state = 0 GROUP BY id) r ON r.id = j.id",
                row -> new Job(
                        row.getString(1),
                        State.of(row.getInt(2)),
                        row.getInt(3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getInt(6),
                        row.getString(7)));
        List<Transition> transitions = list(
                "SELECT id, old_state, new_state, old_fence, new_fence, (extract(epoch FROM at) * 1000)::int8"
                        + " FROM witness ORDER BY seq",
                row -> new Transition(
                        row.getString(1),
                        State.of(row.getInt(2)),
                        State.of(row.getInt(3)),
                        row.getInt(4),
                        row.getInt(5),
                        row.getLong(6)));
        List<TimedOut> timedOut = list(
                "SELECT job_id, fence FROM attempt WHERE reason = 'timeout'",
                row -> new TimedOut(row.getString(1), row.getInt(2)));
        Map<String, String> keys = new HashMap<>();
        list("SELECT key, job_id FROM idempotency_key", row -> keys.put(row.getString(1), row.getString(2)));
        return new Rows(jobs, transitions, Set.copyOf(timedOut), keys, indexed, shown);
    }

    /** Runs statements. */
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("the witness could not run: " + sql, e);
        }
    }

    private <T> List<T> list(String sql, Reader<T> reader) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("the witness could not run: " + sql, e);
        }
    }

    private Connection connect() throws SQLException {
        return database.connect();
    }
}
