package io.millrace.core.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.util.DriverDataSource;
import io.millrace.core.config.ConfigException;
import io.millrace.core.job.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.flywaydb.core.Flyway;

/**
 * The pool of connections and the few ways in which statements run. Every statement is one round trip in auto-commit,
 * under a statement and a lock time-out, so that a stopped process cannot hold others up. Safe for any number of threads.
 */
public final class Database implements AutoCloseable {

    /** Whoever waits for a connection while PostgreSQL is away is told so, and tells the client within a second. */
    private static final long CONNECT_TIMEOUT_MS = 900;

    /** A process that starts beside its database, or on a busy machine, waits longer for its first connection. */
    private static final long FIRST_CONNECT_TIMEOUT_MS = 10_000;

    private final Connector connector;
    private final HikariDataSource pool;
    private final PostgresConfig config;
    private final Pulse pulse;

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    interface Binder {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Reads one row. */
    @FunctionalInterface
    interface RowReader<R> {
        R read(ResultSet row) throws SQLException;
    }

    /** Works with one connection. */
    @FunctionalInterface
    interface Work<R> {
        R run(Connection connection) throws SQLException;
    }

    private Database(Connector connector, HikariDataSource pool, PostgresConfig config) {
        this.connector = connector;
        this.pool = pool;
        this.config = config;
        this.pulse = new Pulse(config);
    }

    /**
     * Connects, brings the schema up to date, and makes sure that what PostgreSQL acknowledges is on its disk.
     *
     * @throws StoreUnavailableException when PostgreSQL cannot be reached
     * @throws ConfigException when the server does not keep what it acknowledges
     */
    public static Database open(PostgresConfig config) {
        var connector = new Connector(driver(config));
        Database database = new Database(connector, connect(config, connector), config);
        try {
            database.refuseLossyServer();
            Flyway.configure()
                    .dataSource(config.url(), config.user(), config.password())
                    .loggers("slf4j")
                    .load()
                    .migrate();
            database.pulse.start();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static HikariDataSource connect(PostgresConfig config, Connector connector) {
        try {
            return new HikariDataSource(poolConfig(config, connector));
        } catch (HikariPool.PoolInitializationException e) {
            throw new StoreUnavailableException("PostgreSQL could not be reached: " + e.getMessage(), e);
        }
    }

    private static HikariConfig poolConfig(PostgresConfig config, Connector connector) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("postgres");
        pool.setDataSource(connector);
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(config.poolSize() / 2);
        pool.setConnectionTimeout(CONNECT_TIMEOUT_MS);
        pool.setValidationTimeout(CONNECT_TIMEOUT_MS / 2);
        pool.setInitializationFailTimeout(FIRST_CONNECT_TIMEOUT_MS);
        pool.setMaxLifetime(30 * 60_000L);
        pool.setKeepaliveTime(60_000L);
        return pool;
    }

    private static DriverDataSource driver(PostgresConfig config) {
        long timeout = config.statementTimeout().toMillis();
        Properties properties = new Properties();
        // Joins of a batch must look rows up by id, partition by partition; with few rows in a table the planner would
        // rather hash or scan a whole partition, and a connection keeps that plan when the table has grown: every day
        // begins with an empty partition.
        properties.setProperty(
                "options",
                String.join(
                        " ",
                        "-c statement_timeout=" + timeout,
                        "-c lock_timeout=" + timeout / 2,
                        "-c idle_in_transaction_session_timeout=" + timeout,
                        "-c enable_hashjoin=off",
                        "-c enable_mergejoin=off",
                        "-c enable_seqscan=off",
                        "-c jit=off",
                        "-c timezone=UTC"));
        properties.setProperty(
                "ApplicationName", "millrace " + ProcessHandle.current().pid());
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("prepareThreshold", "1");
        // In seconds, and a little more than the server gives a statement: only a silent server or network reaches it.
        properties.setProperty("socketTimeout", Long.toString(Math.ceilDiv(timeout, 1000) + 1));
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("tcpKeepAlive", "true");
        // The details of a refusal quote the row, and so the payload; messages reach the log.
        properties.setProperty("logServerErrorDetail", "false");
        return new DriverDataSource(config.url(), null, properties, config.user(), config.password());
    }

    private void refuseLossyServer() {
        List<String> lossy = query(
                new Sql(
                        "durability",
                        "SELECT name FROM pg_settings WHERE (name = 'fsync' OR name = 'full_page_writes'"
                                + " OR name = 'synchronous_commit') AND setting = 'off'"),
                statement -> {},
                row -> row.getString(1));
        if (!lossy.isEmpty()) {
            throw new ConfigException(List.of("PostgreSQL runs with " + String.join(", ", lossy)
                    + " off, so it loses jobs that were acknowledged; switch "
                    + (lossy.size() == 1 ? "it" : "them") + " on"));
        }
    }

    /** Runs a statement and reads its rows. */
    <R> List<R> query(Sql sql, Binder binder, RowReader<R> reader) {
        return with(sql.name(), connection -> query(connection, sql, binder, reader));
    }

    /** Runs a statement on a connection that is held for more than one. */
    static <R> List<R> query(Connection connection, Sql sql, Binder binder, RowReader<R> reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
            binder.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<R> results = new ArrayList<>();
                while (rows.next()) {
                    results.add(reader.read(rows));
                }
                return results;
            }
        }
    }

    /** Runs a statement that changes rows, and tells how many. */
    int update(Sql sql, Binder binder) {
        return with(sql.name(), connection -> update(connection, sql, binder));
    }

    /** Changes rows on a connection that is held for more than one statement. */
    static int update(Connection connection, Sql sql, Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
            binder.bind(statement);
            return statement.executeUpdate();
        }
    }

    /** Works with a connection in one transaction; a failure of the work undoes all of it. */
    <R> R transaction(String what, Work<R> work) {
        return with(what, connection -> {
            connection.setAutoCommit(false);
            // What is not committed is rolled back as the pool takes the connection back.
            R result = work.run(connection);
            connection.commit();
            return result;
        });
    }

    /**
     * Works with a connection of the pool; breaks off when PostgreSQL falls silent meanwhile.
     *
     * @param what names the work in messages
     * @throws StoreUnavailableException when PostgreSQL is away, silent or too slow
     * @throws RowRefusedException when it refused the values of a row
     */
    <R> R with(String what, Work<R> work) {
        try (Pulse.Call call = pulse.begin(what);
                Connection connection = pool.getConnection()) {
            return work.run(call.on(connection));
        } catch (SQLException e) {
            throw translate(what, explained(e));
        }
    }

    /** Keeps a connection for work that waits for other things than its answers. */
    <R> R holding(String what, Work<R> work) {
        pulse.begin(what).close();
        try (Connection connection = pool.getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw translate(what, explained(e));
        }
    }

    /** Who waited in vain for a connection of the pool is told why there is none. */
    private SQLException explained(SQLException e) {
        return e instanceof SQLTransientConnectionException
                ? connector.failure().orElse(e)
                : e;
    }

    /** Takes a connection out of the pool, without a word, as soon as it is handed back. */
    void discard(Connection connection) {
        pool.evictConnection(connection);
    }

    static RuntimeException translate(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState().toUpperCase(Locale.ROOT);
        // 22: data exception, 23: integrity violation, 54: program limit exceeded. A row that finds no partition is
        // reported as a violated check, and there are no other checks: that is no fault of the row.
        boolean refused = state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
        if (refused && !state.equals("23514")) {
            return new RowRefusedException("PostgreSQL refused a row of " + what + ": " + e.getMessage(), e);
        }
        return new StoreUnavailableException("PostgreSQL could not run " + what + ": " + e.getMessage(), e);
    }

    /** The settings it was opened with. */
    public PostgresConfig config() {
        return config;
    }

    @Override
    public void close() {
        pulse.close();
        connector.close();
        pool.close();
    }
}
