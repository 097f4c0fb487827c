package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.LockWaits;
import io.millrace.core.TestEngine;
import io.millrace.core.job.Actor;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.operate.OperationResult;
import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.postgres.Retention;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Races for a unique key. PostgreSQL itself is the judge: here, and only here, an index of its own refuses a second
 * unfinished job with a key, so that one that got through would fail its submit or its redrive.
 */
class UniqueRaceTest {

    private static final int CLIENTS = 64;

    private static Stores stores;
    private static PostgresConfig postgres;
    private static TestEngine engine;
    private static TestEngine other;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() throws SQLException {
        stores = Stores.fresh();
        postgres = new PostgresConfig(stores.jdbcUrl(), stores.user(), stores.password(), 12, Duration.ofSeconds(60));
        RedisConfig redis = TestEngine.patientRedis(stores);
        engine = TestEngine.open(postgres, redis, "worker-1");
        other = TestEngine.open(postgres, redis, "worker-2");
        try (Connection connection = stores.database().connect();
                Statement statement = connection.createStatement()) {
            List<String> partitions = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'job'::regclass")) {
                while (rows.next()) {
                    partitions.add(rows.getString(1));
                }
            }
            for (String partition : partitions) {
                statement.execute("CREATE UNIQUE INDEX ON " + partition
                        + " (queue, unique_key) WHERE state = 0 AND unique_key IS NOT NULL");
            }
        }
    }

    @AfterAll
    static void close() {
        engine.close();
        other.close();
    }

    private NewJob unique(String key) {
        return jobIn(queue).withUnique(new UniqueKey(key, OnConflict.REJECT));
    }

    private static Connection transaction() throws SQLException {
        Connection connection = stores.database().connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private void insertJob(Connection connection, String key, UUID job) throws SQLException {
        run(
                connection,
                "INSERT INTO job (id, queue, type, priority, unique_key, payload) VALUES (?, ?, 'test.work', 0, ?, '{}')",
                job,
                queue.value(),
                key);
    }

    private static JobId idNow() {
        return JobId.of(
                System.currentTimeMillis(), 0, ThreadLocalRandom.current().nextLong());
    }

    private JobId dead(String key) {
        JobId id = engine.submit(unique(key));
        assertThat(engine.finish(engine.claimOne(queue), new Verdict.Died(FailureReason.PERMANENT, "broken")))
                .isTrue();
        return id;
    }

    /** Another node's steps, not yet committed. */
    @FunctionalInterface
    private interface Steps {
        void take(Connection connection) throws SQLException;
    }

    /** What somebody is answered who begins while another node's transaction is open, and waits for it. */
    private static <T> T afterWaitingFor(Steps steps, Supplier<CompletableFuture<T>> next) throws SQLException {
        try (Connection connection = transaction()) {
            steps.take(connection);
            CompletableFuture<T> answer = next.get();
            LockWaits.awaitOne(stores.database());
            connection.commit();
            return answer.join();
        }
    }

    private CompletableFuture<Acceptance> submit() {
        return engine.engine().acceptor().accept(unique("k"));
    }

    private void takeOver(Connection connection, JobId winner) throws SQLException {
        // As accept does: the janitor may have taken away the key of a job that has ended.
        run(
                connection,
                "INSERT INTO unique_key (queue, key, job_id) VALUES (?, 'k', ?)"
                        + " ON CONFLICT (queue, key) DO UPDATE SET job_id = excluded.job_id, fence = 0",
                queue.value(),
                winner.value());
        insertJob(connection, "k", winner.value());
    }

    /** The winner's job is invisible to the loser's statement, which must not take it for one that is gone. */
    @Test
    void who_loses_a_key_while_the_winner_commits_is_told_the_winners_job() throws SQLException {
        JobId winner = idNow();
        Steps steps = connection -> {
            run(
                    connection,
                    "INSERT INTO unique_key (queue, key, job_id) VALUES (?, 'k', ?)",
                    queue.value(),
                    winner.value());
            insertJob(connection, "k", winner.value());
        };

        assertThat(afterWaitingFor(steps, this::submit)).isEqualTo(new Acceptance.UniqueConflict(winner));
    }

    @Test
    void who_takes_over_a_key_while_another_does_is_told_the_others_job() throws SQLException {
        dead("k");
        JobId winner = idNow();

        assertThat(afterWaitingFor(connection -> takeOver(connection, winner), this::submit))
                .isEqualTo(new Acceptance.UniqueConflict(winner));
    }

    /** The loser's statement sees the job dead, and its row of the key names the same job after the wait. */
    @Test
    void who_takes_over_a_key_while_its_job_is_redriven_is_told_that_job() throws SQLException {
        JobId redriven = dead("k");
        Steps steps = connection -> {
            run(connection, "UPDATE unique_key SET fence = fence + 2 WHERE queue = ?", queue.value());
            run(
                    connection,
                    "UPDATE job SET state = 0, fence = fence + 1, dead_at = NULL WHERE id = ?",
                    redriven.value());
        };

        assertThat(afterWaitingFor(steps, this::submit)).isEqualTo(new Acceptance.UniqueConflict(redriven));
    }

    @Test
    void a_redrive_that_waits_for_a_takeover_is_refused_with_the_new_job() throws SQLException {
        JobId old = dead("k");
        JobId winner = idNow();

        assertThat(afterWaitingFor(
                        connection -> takeOver(connection, winner),
                        () -> CompletableFuture.supplyAsync(
                                () -> engine.engine().operator().redrive(old, Actor.SETTINGS),
                                Thread::startVirtualThread)))
                .isEqualTo(new OperationResult.UniqueConflict(winner));
    }

    /** Otherwise two nodes that bring the same keys in different orders would hold what the other one waits for. */
    @Test
    void a_batch_that_waits_for_a_key_holds_no_greater_one() throws SQLException {
        List<CompletableFuture<Acceptance>> batch;
        try (Connection transaction = transaction();
                Connection third = transaction()) {
            String insert = "INSERT INTO unique_key (queue, key, job_id) VALUES (?, ?, ?)";
            run(transaction, insert, queue.value(), "a", UUID.randomUUID());
            batch = engine.engine().acceptor().acceptAll(List.of(unique("b"), unique("a")));
            LockWaits.awaitOne(stores.database());

            run(third, "SET LOCAL lock_timeout = '1s'");
            run(third, insert, queue.value(), "b", UUID.randomUUID());
            third.rollback();
            transaction.rollback();
        }
        assertThat(batch.stream().map(CompletableFuture::join)).allMatch(Acceptance.Accepted.class::isInstance);
    }

    @Test
    void of_many_clients_of_two_nodes_one_gets_the_key_and_the_others_its_id() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int round = 0; round < 10; round++) {
                String key = "k" + round;
                CyclicBarrier start = new CyclicBarrier(CLIENTS);
                List<Future<Acceptance>> answers = IntStream.range(0, CLIENTS)
                        .mapToObj(client -> threads.submit(() -> {
                            start.await();
                            return (client % 2 == 0 ? engine : other).accept(unique(key));
                        }))
                        .toList();
                List<JobId> made = new ArrayList<>();
                List<JobId> told = new ArrayList<>();
                for (Future<Acceptance> answer : answers) {
                    switch (answer.get()) {
                        case Acceptance.Accepted accepted -> made.add(accepted.id());
                        case Acceptance.UniqueConflict conflict -> told.add(conflict.id());
                        case Acceptance unexpected -> throw new AssertionError(unexpected.toString());
                    }
                }
                assertThat(made).hasSize(1);
                assertThat(told).hasSize(CLIENTS - 1).containsOnly(made.getFirst());
            }
        }
    }

    /** Submits race with ends, deaths, redrives and the janitor. Whatever wins, the judge sees no two at once. */
    @Test
    void a_key_has_one_unfinished_job_while_jobs_end_die_and_are_redriven() throws Exception {

        var dead = new ConcurrentLinkedQueue<JobId>();
        var made = new ConcurrentLinkedQueue<JobId>();
        var redriven = new ConcurrentLinkedQueue<JobId>();
        // Six seconds, and on a busy machine until there was something to see.
        long least = System.nanoTime() + Duration.ofSeconds(6).toNanos();
        long most = least + Duration.ofMinutes(1).toNanos();
        BooleanSupplier goesOn = () -> System.nanoTime() - least < 0
                || (System.nanoTime() - most < 0 && (made.size() <= 5 || redriven.isEmpty()));
        engine.submit(unique("k0"));
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
                Database database = Database.open(postgres)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS - 6; i++) {
                TestEngine node = i % 2 == 0 ? engine : other;
                String key = "k" + i % 3;
                all.add(whileIt(goesOn, threads, () -> {
                    if (node.accept(unique(key)) instanceof Acceptance.Accepted accepted) {
                        made.add(accepted.id());
                    }
                }));
            }
            for (TestEngine node : List.of(engine, other)) {
                all.add(whileIt(goesOn, threads, () -> {
                    for (ClaimedJob job : node.claimNow(queue, 2)) {
                        boolean dies = ThreadLocalRandom.current().nextBoolean();
                        if (dies && node.finish(job, new Verdict.Died(FailureReason.PERMANENT, "broken"))) {
                            dead.add(job.entry().id());
                        } else if (!dies) {
                            node.succeed(job);
                        }
                    }
                }));
                all.add(whileIt(goesOn, threads, () -> {
                    JobId job = dead.poll();
                    if (job != null
                            && node.engine().operator().redrive(job, Actor.SETTINGS) instanceof OperationResult.Done) {
                        redriven.add(job);
                    }
                }));
            }
            var retention = new Retention(database);
            all.add(whileIt(goesOn, threads, () -> {
                var page = retention.forgetUniqueKeys(List.of("", ""), 100);
                assertThat(page.map(Retention.Forgotten::lookedAt).orElse(0)).isLessThan(100);
            }));
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(made).as("jobs that got the key").hasSizeGreaterThan(5).doesNotHaveDuplicates();
        assertThat(redriven).as("redriven jobs that got it again").isNotEmpty();
    }

    private static Future<?> whileIt(BooleanSupplier goesOn, ExecutorService threads, Runnable step) {
        return threads.submit(() -> {
            while (goesOn.getAsBoolean()) {
                step.run();
            }
        });
    }
}
