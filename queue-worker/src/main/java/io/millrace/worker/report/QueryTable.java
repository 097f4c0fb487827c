package io.millrace.worker.report;

import io.millrace.core.thread.NamedThreads;
import io.millrace.worker.handler.JobFailure;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a configured query, read over a connection of its own in a read-only transaction, a thousand at a time.
 *
 * <p>What the database says stays in the worker's log, since a job's error is shown to its producer; the job's error has the
 * SQLSTATE.
 */
final class QueryTable implements Table {

    private static final Logger LOG = LoggerFactory.getLogger(QueryTable.class);
    private static final int FETCH_ROWS = 1_000;

    /** Over the statement's own timeout, for a server that does not answer at all. */
    private static final int GRACE_MS = 5_000;

    private final String name;
    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private final List<String> columns;
    private final int maxRows;
    private int count;

    private QueryTable(String name, Connection connection, PreparedStatement statement, ResultSet rows, int maxRows)
            throws SQLException {
        this.name = name;
        this.connection = connection;
        this.statement = statement;
        this.rows = rows;
        this.maxRows = maxRows;
        this.columns = labels(rows.getMetaData());
    }

    /**
     * Runs a query; an interrupt cancels it on the server.
     *
     * @throws JobFailure permanent, when the parameters or the statement are wrong
     * @throws IOException when the database cannot be reached or is too slow now
     */
    static QueryTable open(String name, NamedQuery query, Map<String, ? extends @Nullable Object> parameters)
            throws JobFailure, IOException, InterruptedException {
        ParameterSql sql = ParameterSql.parse(query.sql());
        refuseOtherThan(sql, parameters, name);
        Connection connection = null;
        try {
            connection = connected(query);
            PreparedStatement statement = prepared(connection, query, sql, parameters);
            ResultSet rows = interruptible(statement);
            return new QueryTable(name, connection, statement, rows, query.maxRows());
        } catch (SQLException e) {
            closeQuietly(connection);
            throw failure(name, e);
        } catch (InterruptedException | RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Optional<Row> next() throws IOException, JobFailure {
        try {
            if (!rows.next()) {
                return Optional.empty();
            }
            if (++count > maxRows) {
                throw JobFailure.permanent("query '" + name + "' gives more than its limit of " + maxRows
                        + " rows: narrow its parameters");
            }
            ResultSetMetaData meta = rows.getMetaData();
            List<@Nullable Object> cells = new ArrayList<>(columns.size());
            for (int column = 1; column <= columns.size(); column++) {
                cells.add(cell(meta, column));
            }
            return Optional.of(new Row(cells));
        } catch (SQLException e) {
            throw failure(name, e);
        }
    }

    @Override
    public void close() {
        closeQuietly(rows);
        closeQuietly(statement);
        closeQuietly(connection);
    }

    private static void refuseOtherThan(ParameterSql sql, Map<String, ?> given, String name) throws JobFailure {
        var missing = new TreeSet<>(sql.names());
        missing.removeAll(given.keySet());
        var unknown = new TreeSet<>(given.keySet());
        sql.names().forEach(unknown::remove);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw JobFailure.permanent(
                    "the parameters do not fit query '" + name + "': missing " + missing + ", unknown " + unknown);
        }
    }

    private static Connection connected(NamedQuery query) throws SQLException {
        var properties = new Properties();
        query.user().ifPresent(user -> properties.setProperty("user", user));
        query.password().ifPresent(password -> properties.setProperty("password", password));
        Connection connection = DriverManager.getConnection(query.url(), properties);
        try {
            connection.setReadOnly(true);
            // A cursor, instead of all rows in memory, needs a transaction.
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, (int) query.timeout().toMillis() + GRACE_MS);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static PreparedStatement prepared(
            Connection connection,
            NamedQuery query,
            ParameterSql sql,
            Map<String, ? extends @Nullable Object> parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.sql());
        statement.setFetchSize(FETCH_ROWS);
        statement.setMaxRows(query.maxRows() + 1);
        statement.setQueryTimeout((int) query.timeout().toSeconds());
        for (int i = 0; i < sql.names().size(); i++) {
            statement.setObject(i + 1, parameters.get(sql.names().get(i)));
        }
        return statement;
    }

    /** The driver's socket does not notice an interrupt; so the waiting is done here and the statement is cancelled. */
    private static ResultSet interruptible(PreparedStatement statement) throws SQLException, InterruptedException {
        var work = new FutureTask<>(statement::executeQuery);
        NamedThreads.virtual("report-query").newThread(work).start();
        try {
            return work.get();
        } catch (InterruptedException e) {
            statement.cancel();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException("the query could not be run", e);
        }
    }

    private @Nullable Object cell(ResultSetMetaData meta, int column) throws SQLException {
        boolean zoned = meta.getColumnTypeName(column).equals("timestamptz");
        return switch (zoned ? Types.TIMESTAMP_WITH_TIMEZONE : meta.getColumnType(column)) {
            case Types.BOOLEAN, Types.BIT ->
                rows.getObject(column) instanceof Boolean bool ? bool : rows.getString(column);
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.TINYINT, Types.REAL, Types.FLOAT, Types.DOUBLE ->
                rows.getObject(column);
            case Types.NUMERIC, Types.DECIMAL -> decimal(column);
            case Types.TIMESTAMP_WITH_TIMEZONE -> text(utc(rows.getObject(column, OffsetDateTime.class)));
            case Types.TIMESTAMP -> text(rows.getObject(column, LocalDateTime.class));
            case Types.DATE -> text(rows.getObject(column, LocalDate.class));
            case Types.TIME -> text(rows.getObject(column, LocalTime.class));
            default -> rows.getString(column);
        };
    }

    /** PostgreSQL's numeric may be NaN or infinite, which no BigDecimal is. */
    private @Nullable Object decimal(int column) throws SQLException {
        String text = rows.getString(column);
        if (text == null) {
            return null;
        }
        return Character.isLetter(text.charAt(text.length() - 1)) ? text : new BigDecimal(text);
    }

    private static @Nullable OffsetDateTime utc(@Nullable OffsetDateTime time) {
        return time == null ? null : time.withOffsetSameInstant(ZoneOffset.UTC);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static List<String> labels(ResultSetMetaData meta) throws SQLException {
        List<String> labels = new ArrayList<>();
        for (int column = 1; column <= meta.getColumnCount(); column++) {
            labels.add(meta.getColumnLabel(column));
        }
        return List.copyOf(labels);
    }

    /** Classes 22 (data), 25 (wrong transaction), 42 (syntax, rights) and a result that is none stay wrong. */
    private static IOException failure(String name, SQLException e) throws JobFailure {
        String state = e.getSQLState() == null ? "none" : e.getSQLState();
        // Class 22 quotes the values, which are the producer's data and not for a log.
        String said = state.startsWith("22") ? "a value does not fit" : oneLine(e.getMessage());
        LOG.warn("report query '{}' failed with SQLSTATE {}: {}", name, state, said);
        String message = "query '" + name + "' failed (SQLSTATE " + state + "); the worker's log has the reason";
        boolean permanent =
                state.startsWith("22") || state.startsWith("25") || state.startsWith("42") || state.equals("02000");
        if (permanent) {
            throw JobFailure.permanent(message);
        }
        return new IOException(message);
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\s+", " ");
    }

    private static void closeQuietly(@Nullable AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            LOG.debug("a report's database resource did not close: {}", e.toString());
        }
    }
}
