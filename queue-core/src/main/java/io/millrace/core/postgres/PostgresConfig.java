package io.millrace.core.postgres;

import io.millrace.core.config.Settings;
import java.time.Duration;

/**
 * How to reach PostgreSQL.
 *
 * @param url JDBC URL; TLS by its {@code sslmode}. Setting MILLRACE_POSTGRES_URL or
 *     MILLRACE_POSTGRES_URL_FILE, no default.
 * @param user role. Setting MILLRACE_POSTGRES_USER. Default: millrace.
 * @param password its password, may be empty. Setting MILLRACE_POSTGRES_PASSWORD or MILLRACE_POSTGRES_PASSWORD_FILE.
 * @param poolSize connections of this process at most. Setting MILLRACE_POSTGRES_POOL_SIZE. Default: 12.
 * @param statementTimeout no statement of the hot paths takes longer; the sweeper lags behind it. Setting
 *     MILLRACE_POSTGRES_STATEMENT_TIMEOUT. Default: 5s.
 */
public record PostgresConfig(String url, String user, String password, int poolSize, Duration statementTimeout) {

    /** The default of {@code statementTimeout}. */
    public static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(5);

    private static final int DEFAULT_POOL_SIZE = 12;

    /** Each of the five caretakers may hold a connection for its lock and need another for its work. */
    private static final int LEAST_POOL_SIZE = 8;

    /** Reads the settings; problems are noted there. */
    public static PostgresConfig from(Settings settings) {
        String url = settings.secret("MILLRACE_POSTGRES_URL").orElse("");
        if (!url.startsWith("jdbc:postgresql:")) {
            settings.problem(
                    "MILLRACE_POSTGRES_URL", "must be given, such as jdbc:postgresql://localhost:5432/millrace");
        }
        return new PostgresConfig(
                url,
                settings.text("MILLRACE_POSTGRES_USER", "millrace"),
                settings.secret("MILLRACE_POSTGRES_PASSWORD").orElse(""),
                settings.integer("MILLRACE_POSTGRES_POOL_SIZE", DEFAULT_POOL_SIZE, LEAST_POOL_SIZE, 200),
                settings.duration(
                        "MILLRACE_POSTGRES_STATEMENT_TIMEOUT",
                        DEFAULT_STATEMENT_TIMEOUT,
                        Duration.ofMillis(500),
                        Duration.ofMinutes(1)));
    }

    /** The defaults for a server at {@code url}. */
    public static PostgresConfig at(String url, String user, String password) {
        return new PostgresConfig(url, user, password, DEFAULT_POOL_SIZE, DEFAULT_STATEMENT_TIMEOUT);
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + url.replaceAll("password=[^&]*", "password=***") + ", user=" + user
                + ", password=***, poolSize=" + poolSize + ", statementTimeout=" + statementTimeout + "]";
    }
}
