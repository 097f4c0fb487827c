package io.millrace.core;

import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Forces an order of steps: a test holds a lock, and goes on once the product waits for it. */
public final class LockWaits {

    private LockWaits() {}

    /** Returns once a statement in this database waits for another transaction. */
    public static void awaitOne(TestDatabase database) {
        await().atMost(Patience.LONGEST).pollInterval(Duration.ofMillis(10)).until(() -> isAny(database));
    }

    private static boolean isAny(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
            row.next();
            return row.getLong(1) > 0;
        }
    }
}
