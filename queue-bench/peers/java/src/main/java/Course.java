import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * What every peer for Java is put through, as course.mjs does it with the others. The bench reads the lines that are printed
 * here and meters the time between them.
 */
final class Course {

    /** 200 bytes of JSON, like the payload of the bench's own jobs. */
    static final String TEXT = "x".repeat(189);

    /** As many calls in flight as the bench's load has clients. */
    private static final int IN_FLIGHT = 64;

    private static final long ADD_NANOS = 4_000_000_000L;
    private static final int BATCH = 1000;

    private static volatile CountDownLatch running = new CountDownLatch(0);

    private Course() {}

    /** A queue that takes part. */
    interface Peer {

        /** Adds one job and returns when it is stored. */
        void add() throws Exception;

        /** Adds so many at once. */
        void fill(int jobs) throws Exception;

        /** Starts a worker; what is returned stops it. Each job calls {@link Course#ran()}. */
        AutoCloseable work() throws Exception;

        /** A statement that counts what has not ended. */
        String unfinished();

        /** A statement that forgets all jobs. */
        String clear();
    }

    /** One job has run. */
    static void ran() {
        running.countDown();
    }

    /** The pool that a peer works with. */
    static HikariDataSource connect(String uri, int connections) {
        URI store = URI.create(uri);
        String[] account = store.getUserInfo().split(":", 2);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://" + store.getAuthority().substring(store.getUserInfo().length() + 1)
                + store.getPath());
        config.setUsername(account[0]);
        config.setPassword(account[1]);
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    /** As often as is said, after a first time that does not count. */
    static void run(Peer peer, DataSource store, int jobs, int repetitions) throws Exception {
        for (int i = 0; i <= repetitions; i++) {
            timed(i == 0 ? "warm-up" : "add", () -> addSingles(peer));
            execute(store, peer.clear());
            for (int left = jobs; left > 0; left -= BATCH) {
                peer.fill(Math.min(left, BATCH));
            }
            timed(i == 0 ? "warm-up" : "drain", () -> drain(peer, store, jobs));
        }
    }

    private static void timed(String what, Callable<Long> work) throws Exception {
        System.out.println("start " + what);
        long start = System.nanoTime();
        long jobs = work.call();
        System.out.println("done " + what + " " + jobs + " " + (System.nanoTime() - start) / 1e9);
    }

    private static long addSingles(Peer peer) throws Exception {
        long end = System.nanoTime() + ADD_NANOS;
        Callable<Long> client = () -> {
            long added = 0;
            while (System.nanoTime() - end < 0) {
                peer.add();
                added++;
            }
            return added;
        };
        ExecutorService clients = Executors.newFixedThreadPool(IN_FLIGHT);
        try {
            long added = 0;
            for (Future<Long> done : clients.invokeAll(Collections.nCopies(IN_FLIGHT, client))) {
                added += done.get();
            }
            return added;
        } finally {
            clients.shutdown();
        }
    }

    private static long drain(Peer peer, DataSource store, int jobs) throws Exception {
        running = new CountDownLatch(jobs);
        try (AutoCloseable worker = peer.work()) {
            running.await();
            while (count(store, peer.unfinished()) > 0) {
                // A library tells nobody when it has recorded an end; asked without a pause, its store would pay for it.
                Thread.sleep(5);
            }
        }
        return jobs;
    }

    private static long count(DataSource store, String sql) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    static void execute(DataSource store, String sql) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
