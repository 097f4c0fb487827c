package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.LockWaits;
import io.millrace.core.TestEngine;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The races for a key that matter, one step at a time: another node's transaction is open while this one submits. */
class KeyRaceTest {

    private static final String OWNER = "ann";
    private static final byte[] FINGERPRINT = "request".getBytes(UTF_8);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static Stores stores;
    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        stores = Stores.fresh();
        PostgresConfig postgres =
                new PostgresConfig(stores.jdbcUrl(), stores.user(), stores.password(), 12, Duration.ofSeconds(60));
        engine = TestEngine.open(postgres, TestEngine.patientRedis(stores), "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private CompletableFuture<Acceptance> submit(String key) {
        return engine.engine().acceptor().accept(jobIn(queue).withKey(new IdempotencyKey(OWNER, key, FINGERPRINT)));
    }

    private static Connection transaction() throws SQLException {
        Connection connection = stores.database().connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void insert(Connection connection, String key, UUID job) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO idempotency_key (owner, key, job_id, fingerprint, run_at, expires_at)"
                        + " VALUES (?, ?, ?, ?, now(), now() + interval '1 hour')")) {
            insert.setString(1, OWNER);
            insert.setString(2, key);
            insert.setObject(3, job);
            insert.setBytes(4, FINGERPRINT);
            insert.executeUpdate();
        }
    }

    @Test
    void who_loses_a_key_while_the_winner_commits_is_told_the_winners_job() throws SQLException {
        String key = UUID.randomUUID().toString();
        JobId winner = new JobId(UUID.randomUUID());
        try (Connection other = transaction()) {
            insert(other, key, winner.value());
            CompletableFuture<Acceptance> loser = submit(key);
            LockWaits.awaitOne(stores.database());
            other.commit();

            assertThat(loser.join())
                    .isInstanceOfSatisfying(
                            Acceptance.Replayed.class,
                            replayed -> assertThat(replayed.id()).isEqualTo(winner));
        }
    }

    @Test
    void who_waits_for_a_key_waits_while_the_winner_may_still_give_up() throws SQLException {
        String key = UUID.randomUUID().toString();
        try (Connection other = transaction()) {
            insert(other, key, UUID.randomUUID());
            CompletableFuture<Acceptance> next = submit(key);
            LockWaits.awaitOne(stores.database());
            assertThat(next).isNotDone();
            other.rollback();

            assertThat(next.join()).isInstanceOf(Acceptance.Accepted.class);
        }
    }

    /** Otherwise two nodes that bring the same keys in different orders would hold what the other one waits for. */
    @Test
    void a_batch_that_waits_for_a_key_holds_no_greater_one() throws SQLException {
        String prefix = UUID.randomUUID().toString();
        String smaller = prefix + "a";
        String greater = prefix + "b";
        List<CompletableFuture<Acceptance>> batch;
        try (Connection other = transaction();
                Connection third = transaction()) {
            insert(other, smaller, UUID.randomUUID());
            batch = engine.engine()
                    .acceptor()
                    .acceptAll(List.of(
                            jobIn(queue).withKey(new IdempotencyKey(OWNER, greater, FINGERPRINT)),
                            jobIn(queue).withKey(new IdempotencyKey(OWNER, smaller, FINGERPRINT))));
            LockWaits.awaitOne(stores.database());

            assertThat(isFree(third, greater)).isTrue();
            third.rollback();
            other.rollback();
        }
        assertThat(batch.stream().map(CompletableFuture::join)).allMatch(Acceptance.Accepted.class::isInstance);
    }

    private static boolean isFree(Connection connection, String key) throws SQLException {
        try (Statement timeout = connection.createStatement()) {
            timeout.execute("SET LOCAL lock_timeout = '1s'");
        }
        try {
            insert(connection, key, UUID.randomUUID());
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }
}
