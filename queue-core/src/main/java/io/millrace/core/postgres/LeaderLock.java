package io.millrace.core.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Lets one node at a time do a duty. It only saves work: every duty stays right when two do it at once. The lock lives
 * as long as its transaction, and PostgreSQL ends a transaction that idles too long, so a stopped process holds it for
 * seconds only.
 */
public final class LeaderLock {

    private final Database database;

    /** @param database whose advisory locks are used */
    public LeaderLock(Database database) {
        this.database = database;
    }

    /**
     * Does one step of a duty, unless another node is at it.
     *
     * @param duty names the lock
     * @param step uses other connections for its statements
     * @return whether the step was done
     */
    public boolean tryRun(String duty, Runnable step) {
        return database.with("lock of " + duty, connection -> {
            connection.setAutoCommit(false);
            try {
                boolean leads = tryLock(connection, duty);
                if (leads) {
                    step.run();
                }
                return leads;
            } finally {
                release(connection);
            }
        });
    }

    private static void release(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The step took longer than a lock may be held: PostgreSQL has ended the transaction, and the pool drops
            // the connection. The lock is free, which is all that is wanted here.
        }
    }

    private static boolean tryLock(Connection connection, String duty) throws SQLException {
        try (Statement timeout = connection.createStatement()) {
            timeout.execute("SET LOCAL idle_in_transaction_session_timeout = '4s'");
        }
        return Database.query(
                        connection,
                        new Sql(
                                "try_lock",
                                "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ?, 0))"),
                        statement -> statement.setString(1, "millrace:" + duty),
                        row -> row.getBoolean(1))
                .getFirst();
    }
}
