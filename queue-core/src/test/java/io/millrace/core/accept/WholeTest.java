package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LockWaits;
import io.millrace.core.TestEngine;
import io.millrace.core.job.Actor;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.job.UniqueKey;
import io.millrace.protocol.JobId;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that are submitted together stand or fall together. */
class WholeTest {

    private static Stores stores;
    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        stores = Stores.fresh();
        engine = TestEngine.on(stores, "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private NewJob keyed(String key) {
        return keyed(key, "request");
    }

    private NewJob keyed(String key, String request) {
        return jobIn(queue).withKey(new IdempotencyKey("ann", key, request.getBytes(UTF_8)));
    }

    private NewJob unique(String key, OnConflict onConflict) {
        return jobIn(queue).withUnique(new UniqueKey(key, onConflict));
    }

    private static String fresh() {
        return UUID.randomUUID().toString();
    }

    private static WholeAcceptance submit(List<NewJob> jobs) throws Exception {
        return engine.engine().acceptor().acceptWhole(jobs).get(1, TimeUnit.MINUTES);
    }

    private static List<Acceptance> accepted(List<NewJob> jobs) throws Exception {
        return ((WholeAcceptance.Accepted) submit(jobs)).answers();
    }

    private static Map<Integer, WholeAcceptance.Refusal> refused(List<NewJob> jobs) throws Exception {
        return ((WholeAcceptance.Refused) submit(jobs)).refusals();
    }

    private static WholeAcceptance.Refusal byStore(Acceptance.Refused answer) {
        return new WholeAcceptance.ByStore(answer);
    }

    private static long count(String sql, String value) throws SQLException {
        try (Connection connection = stores.database().connect();
                PreparedStatement count = connection.prepareStatement(sql)) {
            count.setString(1, value);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private long rows() throws SQLException {
        return count("SELECT count(*) FROM job WHERE queue = ?", queue.value());
    }

    @Test
    void many_jobs_are_accepted_together_and_run() throws Exception {
        List<Acceptance> answers =
                accepted(IntStream.range(0, 10_000).mapToObj(i -> jobIn(queue)).toList());

        assertThat(answers).hasSize(10_000).allMatch(Acceptance.Accepted.class::isInstance);
        assertThat(rows()).isEqualTo(10_000);
        engine.succeed(engine.claimOne(queue));
    }

    @Test
    void many_jobs_with_keys_are_accepted_together_and_the_repeat_gives_the_same() throws Exception {
        List<NewJob> jobs = IntStream.range(0, 10_000)
                .mapToObj(i -> keyed(fresh()).withUnique(new UniqueKey("u" + i, OnConflict.REJECT)))
                .toList();
        List<Acceptance> first = accepted(jobs);
        List<Acceptance> again = accepted(jobs);

        assertThat(rows()).isEqualTo(10_000);
        for (int i = 0; i < jobs.size(); i++) {
            var made = (Acceptance.Accepted) first.get(i);
            assertThat(again.get(i))
                    .isEqualTo(new Acceptance.Replayed(
                            made.id(), made.runAt(), made.keyEnds().orElseThrow()));
        }
    }

    @Test
    void whatever_is_in_the_way_is_told_at_once_and_nothing_is_done() throws Exception {
        String reused = fresh();
        JobId other = engine.submit(keyed(reused));
        JobId holder = engine.submit(unique("held", OnConflict.REJECT));
        String unused = fresh();

        assertThat(refused(List.of(
                        jobIn(queue),
                        keyed(unused),
                        keyed(reused, "another"),
                        unique("held", OnConflict.REJECT),
                        unique("held", OnConflict.RETURN),
                        unique("free", OnConflict.REJECT),
                        unique("held", OnConflict.REPLACE),
                        unique("free", OnConflict.REJECT),
                        keyed(unused, "another"))))
                .isEqualTo(Map.of(
                        2, byStore(new Acceptance.KeyReused(other)),
                        3, byStore(new Acceptance.UniqueConflict(holder)),
                        6, byStore(new Acceptance.UniqueConflict(holder)),
                        7, new WholeAcceptance.UniqueKeyTwice(5),
                        8, new WholeAcceptance.KeyTwice(1)));
        assertThat(rows()).isEqualTo(2);
        assertThat(count("SELECT count(*) FROM idempotency_key WHERE key = ?", unused))
                .isZero();
        assertThat(count("SELECT count(*) FROM unique_key WHERE key = 'free' AND queue = ?", queue.value()))
                .isZero();
    }

    @Test
    void what_was_accepted_before_and_what_asks_for_an_existing_job_is_no_obstacle() throws Exception {
        String known = fresh();
        String twice = fresh();
        JobId before = engine.submit(keyed(known));
        JobId holder = engine.submit(unique("held", OnConflict.REJECT));
        List<Acceptance> answers = accepted(List.of(
                keyed(known),
                unique("held", OnConflict.RETURN),
                keyed(twice),
                keyed(twice),
                unique("free", OnConflict.REJECT),
                unique("free", OnConflict.RETURN)));

        assertThat(answers.get(0))
                .isInstanceOfSatisfying(
                        Acceptance.Replayed.class,
                        replayed -> assertThat(replayed.id()).isEqualTo(before));
        assertThat(answers.get(1)).isEqualTo(new Acceptance.Existing(holder, false, false, Optional.empty()));
        JobId made = ((Acceptance.Accepted) answers.get(2)).id();
        assertThat(answers.get(3))
                .isInstanceOfSatisfying(
                        Acceptance.Replayed.class,
                        replayed -> assertThat(replayed.id()).isEqualTo(made));
        JobId free = ((Acceptance.Accepted) answers.get(4)).id();
        assertThat(answers.get(5)).isEqualTo(new Acceptance.Existing(free, false, false, Optional.empty()));
        assertThat(rows()).isEqualTo(4);
    }

    /** Another node's submit with the key is on its way: the look before the write does not see it. */
    @Test
    void a_key_that_is_lost_while_writing_takes_everything_back() throws Exception {
        String key = fresh();
        JobId winner = new JobId(UUID.randomUUID());
        try (Connection transaction = stores.database().connect()) {
            transaction.setAutoCommit(false);
            try (PreparedStatement insert = transaction.prepareStatement(
                    "INSERT INTO idempotency_key (owner, key, job_id, fingerprint, run_at, expires_at)"
                            + " VALUES ('ann', ?, ?, ?, now(), now() + interval '1 hour')")) {
                insert.setString(1, key);
                insert.setObject(2, winner.value());
                insert.setBytes(3, "another".getBytes(UTF_8));
                insert.executeUpdate();
            }
            CompletableFuture<WholeAcceptance> whole = engine.engine()
                    .acceptor()
                    .acceptWhole(List.of(jobIn(queue), unique("free", OnConflict.REJECT), keyed(key)));
            LockWaits.awaitOne(stores.database());
            transaction.commit();

            assertThat(((WholeAcceptance.Refused) whole.get(1, TimeUnit.MINUTES)).refusals())
                    .isEqualTo(Map.of(2, byStore(new Acceptance.KeyReused(winner))));
        }
        assertThat(rows()).isZero();
        assertThat(count("SELECT count(*) FROM unique_key WHERE queue = ?", queue.value()))
                .isZero();
    }

    @Test
    void a_queue_without_room_for_all_takes_none() throws Exception {
        NewJob known = keyed(fresh());
        JobId before = engine.submit(known);
        engine.engine()
                .queueOperator()
                .change(queue, QueueSettings.Change.NONE.withBacklogLimit(Optional.of(1)), Actor.SETTINGS);
        await().atMost(Patience.LONGEST).until(() -> engine.accept(jobIn(queue)) instanceof Acceptance.BacklogFull);
        long waiting = rows();

        var full = byStore(new Acceptance.BacklogFull(Acceptance.BacklogFull.Scope.QUEUE, 1));
        assertThat(refused(List.of(jobIn(freshQueue()), known, jobIn(queue), keyed(fresh()))))
                .isEqualTo(Map.of(2, full, 3, full));
        assertThat(rows()).isEqualTo(waiting);
        assertThat(accepted(List.of(known)))
                .isInstanceOfSatisfying(
                        List.class,
                        answers -> assertThat(((Acceptance.Replayed) answers.getFirst()).id())
                                .isEqualTo(before));
    }
}
