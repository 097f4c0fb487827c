package io.millrace.core.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections for the pool, and goes on trying while PostgreSQL is away.
 *
 * <p>The pool doubles its pause after every attempt that fails, up to five seconds (HikariCP 7.1, {@code
 * HikariPool.PoolEntryCreator}), and sleeps it to its end when PostgreSQL has long been back. So an attempt does not fail
 * here once there has been a connection: it lasts until there is one. Callers wait for the pool and not for this, and are
 * told after a second. Before the first connection failures are told at once: then it is mostly the settings that are
 * wrong.
 *
 * <p>Safe for any number of threads.
 */
final class Connector implements DataSource, AutoCloseable {

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

    private final DataSource driver;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean opened;
    private volatile @Nullable SQLException failure;

    /** @param driver opens a connection or fails */
    Connector(DataSource driver) {
        this.driver = driver;
    }

    @Override
    public Connection getConnection() throws SQLException {
        while (true) {
            try {
                Connection connection = driver.getConnection();
                failure = null;
                opened = true;
                return connection;
            } catch (SQLException e) {
                failure = e;
                if (!opened || isClosedSoon()) {
                    throw e;
                }
            }
        }
    }

    private boolean isClosedSoon() {
        try {
            return closed.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Why there is no connection, where the last attempt failed. */
    Optional<SQLException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Attempts that are under way are given up. */
    @Override
    public void close() {
        closed.countDown();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("whose connections these are is settled");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return driver.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        driver.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        driver.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return driver.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return driver.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return driver.isWrapperFor(type);
    }
}
