package io.millrace.bench;

import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/** The floor of accepting: the rows of new jobs, in batches of 1,000, with nothing around the statement. */
final class BareInserts {

    private static final int LOOPS = 2;
    private static final String INSERT = "INSERT INTO job (id, queue, type, priority, payload)"
            + " SELECT i.id, i.queue, i.type, i.priority, i.payload"
            + " FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int2[], ?::bytea[])"
            + " AS i (id, queue, type, priority, payload)";

    private BareInserts() {}

    /** Writes so many rows, and answers rows per second. */
    static double run(Installation installation, QueueName queue, int rows) throws Exception {
        List<Connection> connections = new ArrayList<>();
        List<Callable<Integer>> loops = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(LOOPS)) {
            for (int i = 0; i < LOOPS; i++) {
                Connection connection = installation.connect();
                connections.add(connection);
                loops.add(() -> loop(connection, queue, rows / LOOPS));
            }
            long start = System.nanoTime();
            int written = 0;
            for (Future<Integer> loop : threads.invokeAll(loops)) {
                written += loop.get();
            }
            return written / ((System.nanoTime() - start) / 1e9);
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private static int loop(Connection connection, QueueName queue, int rows) throws SQLException {
        byte[][] payloads = Collections.nCopies(Jobs.BATCH, Jobs.payload()).toArray(new byte[0][]);
        String[] queues = Collections.nCopies(Jobs.BATCH, queue.value()).toArray(new String[0]);
        String[] types = Collections.nCopies(Jobs.BATCH, "bench.noop").toArray(new String[0]);
        Short[] priorities = Collections.nCopies(Jobs.BATCH, (short) 0).toArray(new Short[0]);
        int written = 0;
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            while (written < rows) {
                statement.setArray(1, connection.createArrayOf("uuid", ids()));
                statement.setArray(2, connection.createArrayOf("text", queues));
                statement.setArray(3, connection.createArrayOf("text", types));
                statement.setArray(4, connection.createArrayOf("int2", priorities));
                statement.setArray(5, connection.createArrayOf("bytea", payloads));
                written += statement.executeUpdate();
            }
        }
        return written;
    }

    private static UUID[] ids() {
        long now = System.currentTimeMillis();
        UUID[] ids = new UUID[Jobs.BATCH];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = JobId.of(now, i, ThreadLocalRandom.current().nextLong()).value();
        }
        return ids;
    }
}
