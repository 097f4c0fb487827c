package io.millrace.worker.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A query that an operator offers to jobs. The user should be one that may only read what reports need; the transaction is
 * read-only besides.
 *
 * @param url where the database is, {@code jdbc:postgresql://…}
 * @param user who to sign in as; empty leaves it to the url
 * @param password the password; never shown
 * @param sql one statement; {@code :name} stands for a parameter
 * @param maxRows the most rows; more is a permanent failure. Default: 100,000
 * @param timeout how long the statement may run. Default: 60 s
 */
public record NamedQuery(
        String url, Optional<String> user, Optional<String> password, String sql, int maxRows, Duration timeout) {

    /** The most rows when nothing is said. */
    public static final int DEFAULT_MAX_ROWS = 100_000;

    /** The time when nothing is said. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private static final int MOST_ROWS = 1_000_000;

    /** @throws IllegalArgumentException naming everything that is wrong */
    public NamedQuery {
        List<String> problems = new ArrayList<>();
        if (!url.startsWith("jdbc:")) {
            problems.add("its url does not start with jdbc:");
        }
        if (sql.isBlank()) {
            problems.add("its sql is empty");
        }
        if (maxRows < 1 || maxRows > MOST_ROWS) {
            problems.add("its max_rows is not 1 to " + MOST_ROWS);
        }
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0) {
            problems.add("its timeout is not between 1s and 1h");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Without url and password, which may hold secrets. */
    @Override
    public String toString() {
        return "NamedQuery[url=***, user=" + user + ", password=***, maxRows=" + maxRows + ", timeout=" + timeout + "]";
    }
}
