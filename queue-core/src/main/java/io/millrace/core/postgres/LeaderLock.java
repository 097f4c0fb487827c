package io.millrace.core.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one node at a time do a duty. It only saves work: every duty stays right when two do it at once. The lock lives
 * as long as its transaction, and PostgreSQL ends a transaction that idles too long, so a stopped process holds it for
 * seconds only.
 */
public final class LeaderLock {

    private static final Logger log = LoggerFactory.getLogger(LeaderLock.class);

    /** How long PostgreSQL lets a transaction stand that holds a lock. */
    private static final Duration LONGEST = Duration.ofSeconds(4);

    private static final Duration RENEW = Duration.ofSeconds(1);

    private final Database database;

    /** @param database whose advisory locks are used */
    public LeaderLock(Database database) {
        this.database = database;
    }

    /** A step that takes longer than a lock may be held, and says between its parts that it is still at it. */
    @FunctionalInterface
    public interface LongStep {
        /**
         * Does the step.
         *
         * @param goOn keeps the lock; throws {@link io.millrace.core.job.StoreUnavailableException} when it is lost
         */
        void run(Runnable goOn);
    }

    /**
     * Does one step of a duty, unless another node is at it.
     *
     * @param duty names the lock
     * @param step uses other connections for its statements
     * @return whether the step was done
     */
    public boolean tryRun(String duty, Runnable step) {
        return tryRunLong(duty, goOn -> step.run());
    }

    /**
     * Does one long step of a duty, unless another node is at it.
     *
     * @param duty names the lock
     * @param step uses other connections for its statements
     * @return whether the step was done
     */
    public boolean tryRunLong(String duty, LongStep step) {
        return database.holding("lock of " + duty, connection -> {
            connection.setAutoCommit(false);
            Hold hold = new Hold(connection, duty);
            try {
                boolean leads = tryLock(connection, duty);
                hold.renewed();
                if (leads) {
                    step.run(hold);
                }
                return leads;
            } finally {
                release(connection, duty, hold.silentFor());
            }
        });
    }

    /** The lock's transaction, and when PostgreSQL last heard of it. */
    private static final class Hold implements Runnable {

        private final Connection connection;
        private final String duty;
        private long renewedNanos = System.nanoTime();

        Hold(Connection connection, String duty) {
            this.connection = connection;
            this.duty = duty;
        }

        void renewed() {
            renewedNanos = System.nanoTime();
        }

        Duration silentFor() {
            return Duration.ofNanos(System.nanoTime() - renewedNanos);
        }

        @Override
        public void run() {
            if (silentFor().compareTo(RENEW) < 0) {
                return;
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
                renewed();
            } catch (SQLException e) {
                throw Database.translate("lock of " + duty, e);
            }
        }
    }

    /** After an overlong step PostgreSQL has ended the transaction and the connection: the lock is free already. */
    private void release(Connection connection, String duty, Duration held) {
        if (held.compareTo(LONGEST) >= 0) {
            database.discard(connection);
            log.info(
                    "a step of {} took {} ms; its lock was free for other nodes after {} ms",
                    duty,
                    held.toMillis(),
                    LONGEST.toMillis());
            return;
        }
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The connection broke meanwhile, and the pool drops it. The lock is free, which is all that is wanted
            // here.
        }
    }

    private static boolean tryLock(Connection connection, String duty) throws SQLException {
        return Database.query(
                        connection,
                        new Sql(
                                "try_lock",
                                "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ?, 0)),"
                                        + " set_config('idle_in_transaction_session_timeout', ?, true)"),
                        statement -> {
                            statement.setString(1, "millrace:" + duty);
                            statement.setString(2, Long.toString(LONGEST.toMillis()));
                        },
                        row -> row.getBoolean(1))
                .getFirst();
    }
}
