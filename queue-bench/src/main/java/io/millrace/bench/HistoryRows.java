package io.millrace.bench;

import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.Partitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * Rows of jobs that have ended, written by PostgreSQL itself as the product would have left them: half of them of today,
 * which is more than a week's share, the others of the six days before. Their ids are smaller than those of jobs to come.
 */
final class HistoryRows {

    private static final int DAYS_BEFORE = 6;
    private static final int WRITERS = 3;
    private static final int CHUNK = 100_000;
    private static final long MARGIN_MILLIS = 10_000;

    private static final String INSERT = """
            INSERT INTO job (id, due_at, dead_at, started_at, finished_at, fence, state, priority, attempt, queue, type,
              tags, payload, worker, failure_reason, failure_message)
            SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(i % 4096), 3, '0') || '8'
                || substr(md5(i::text), 1, 15))::uuid,
              CASE WHEN state = 0 THEN now() + interval '2 hours' + i * interval '1 ms' END,
              CASE WHEN state = 2 THEN to_timestamp((ms + 900) / 1000.0) END,
              CASE WHEN state IN (1, 2) THEN to_timestamp((ms + 500) / 1000.0) END,
              CASE WHEN state IN (1, 3) THEN to_timestamp((ms + 900) / 1000.0) END,
              0, state, 0, CASE WHEN state IN (1, 2) THEN 1 ELSE 0 END, queue, type, tags,
              ?::bytea, CASE WHEN state IN (1, 2) THEN 'host-1-00000000' END,
              CASE WHEN state = 2 THEN 'error' END,
              CASE WHEN state = 2 THEN 'the server refused mailbox ' || i % 1000 END
              FROM (SELECT i, ?::int8 + ((i - ?::int8) * ?::numeric)::int8 AS ms, :columns
                      FROM generate_series(?::int8, ?::int8) AS i) AS made
            """;

    private static final String PLAIN = "1 AS state, 'default' AS queue, 'diagnostic.noop' AS type, NULL::text AS tags";

    /** One in a hundred is dead, one cancelled, one in a thousand waits for its time; one in five has tags. */
    private static final String VARIED = """
            CASE WHEN i % 100 = 0 THEN 2 WHEN i % 100 = 1 THEN 3 WHEN i % 1000 = 2 THEN 0 ELSE 1 END AS state,
            CASE WHEN i % 50000 = 7 THEN 'seldom' ELSE 'queue-' || i % 10 END AS queue,
            CASE WHEN i % 50000 = 9 THEN 'seldom.done' ELSE 'kind.' || i % 20 END AS type,
            CASE WHEN i % 5 = 0 THEN 'customer-' || (i / 5) % 50000 || ',region-' || (i / 5) % 7 END AS tags""";

    private final Installation installation;
    private final String columns;
    private long written;

    private HistoryRows(Installation installation, String columns) {
        this.installation = installation;
        this.columns = columns;
    }

    /** All succeeded, of one queue and type. */
    static HistoryRows plain(Installation installation) {
        return new HistoryRows(installation, PLAIN);
    }

    /** Of many queues, types, tags and states. */
    static HistoryRows varied(Installation installation) {
        return new HistoryRows(installation, VARIED);
    }

    /**
     * Jobs accepted in a span of time.
     *
     * @param first the number of the first
     * @param last the number of the last
     * @param fromMillis when the first came
     * @param millisEach how long after one the next came
     */
    private record Part(long first, long last, long fromMillis, double millisEach) {}

    /** Writes rows until there are so many, and vacuums. */
    void growTo(long rows) throws Exception {
        long today = (rows - written) / 2;
        Instant now = Instant.now();
        long midnight = now.atOffset(ZoneOffset.UTC)
                .toLocalDate()
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
        long end = Math.max(midnight + 1, now.toEpochMilli() - MARGIN_MILLIS);
        long begin = midnight - DAYS_BEFORE * 86_400_000L;
        makePartitions(now);
        List<Part> parts = new ArrayList<>(parts(rows - written - today, begin, midnight));
        written += rows - written - today;
        parts.addAll(parts(rows - written, midnight, end));
        written = rows;
        write(parts);
        try (Connection connection = installation.connect()) {
            Query.execute(connection, "VACUUM (ANALYZE) job");
            Query.execute(connection, "CHECKPOINT");
        }
    }

    private List<Part> parts(long count, long from, long until) {
        double each = (until - from) / (double) Math.max(1, count);
        return LongStream.iterate(0, done -> done < count, done -> done + CHUNK)
                .mapToObj(done -> new Part(
                        written + done, written + Math.min(count, done + CHUNK) - 1, from + (long) (done * each), each))
                .toList();
    }

    private void makePartitions(Instant now) {
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        try (Database database = Database.open(installation.config().postgres())) {
            Partitions partitions = new Partitions(database);
            for (int days = 1; days <= DAYS_BEFORE; days++) {
                partitions.ensure(today.minusDays(days));
            }
        }
    }

    private void write(List<Part> parts) throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Callable<Void>> tasks = parts.stream().map(this::writing).toList();
            for (Future<Void> done : writers.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    private Callable<Void> writing(Part part) {
        return () -> {
            write(part);
            return null;
        };
    }

    private void write(Part part) throws SQLException {
        try (Connection connection = installation.connect();
                PreparedStatement statement = connection.prepareStatement(INSERT.replace(":columns", columns))) {
            statement.setBytes(1, Jobs.payload());
            statement.setLong(2, part.fromMillis);
            statement.setLong(3, part.first);
            statement.setDouble(4, part.millisEach);
            statement.setLong(5, part.first);
            statement.setLong(6, part.last);
            statement.executeUpdate();
        }
    }
}
