package io.millrace.core.accept;

import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A key is one job, whatever races. */
class IdempotencyTest extends TwoEngines {

    private IdempotencyKey key(String owner, String key, String request) {
        return new IdempotencyKey(owner, key, request.getBytes(UTF_8));
    }

    private String fresh() {
        return UUID.randomUUID().toString();
    }

    private long rowsIn(QueueName queue) throws SQLException {
        try (Connection connection = stores.database().connect();
                PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM job WHERE queue = ?")) {
            count.setString(1, queue.value());
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Test
    void the_same_key_and_request_answer_the_job_as_it_was_accepted() throws SQLException {
        NewJob job = jobIn(queue).withKey(key("ann", fresh(), "request"));
        var accepted = (Acceptance.Accepted) engine.accept(job);

        var replayed = new Acceptance.Replayed(
                accepted.id(), accepted.runAt(), accepted.keyEnds().orElseThrow());
        assertThat(engine.accept(job)).isEqualTo(replayed);
        assertThat(other.accept(job)).isEqualTo(replayed);
        assertThat(replayed.keyEnds()).isEqualTo(accepted.id().createdAt().plus(Limits.DEFAULT_IDEMPOTENCY_LIFE));
        assertThat(rowsIn(queue)).isEqualTo(1);
    }

    @Test
    void the_same_key_with_another_request_is_refused_and_makes_nothing() throws SQLException {
        String key = fresh();
        JobId id = engine.submit(jobIn(queue).withKey(key("ann", key, "request")));

        assertThat(engine.accept(jobIn(queue).withKey(key("ann", key, "another"))))
                .isEqualTo(new Acceptance.KeyReused(id));
        assertThat(rowsIn(queue)).isEqualTo(1);
    }

    @Test
    void the_keys_of_different_owners_never_meet() throws SQLException {
        String key = fresh();
        JobId ann = engine.submit(jobIn(queue).withKey(key("ann", key, "request")));
        JobId bob = engine.submit(jobIn(queue).withKey(key("bob", key, "request")));

        assertThat(bob).isNotEqualTo(ann);
        assertThat(rowsIn(queue)).isEqualTo(2);
    }

    @Test
    void a_key_stands_for_its_job_after_that_has_ended() {
        NewJob job = jobIn(queue).withKey(key("ann", fresh(), "request"));
        JobId id = engine.submit(job);
        engine.succeed(engine.claimOne(queue));

        assertThat(engine.accept(job))
                .isInstanceOfSatisfying(
                        Acceptance.Replayed.class,
                        replayed -> assertThat(replayed.id()).isEqualTo(id));
    }

    @Test
    void a_key_that_has_expired_but_still_stands_is_taken_over() throws SQLException {
        String key = fresh();
        JobId first = engine.submit(jobIn(queue).withKey(key("ann", key, "request")));
        try (Connection connection = stores.database().connect();
                PreparedStatement expire =
                        connection.prepareStatement("UPDATE idempotency_key SET expires_at = now() WHERE key = ?")) {
            expire.setString(1, key);
            expire.executeUpdate();
        }

        NewJob again = jobIn(queue).withKey(key("ann", key, "another"));
        JobId second = engine.submit(again);
        assertThat(second).isNotEqualTo(first);
        assertThat(engine.accept(again)).isInstanceOf(Acceptance.Replayed.class);
        assertThat(rowsIn(queue)).isEqualTo(2);
    }

    @Test
    void a_key_given_twice_in_one_batch_makes_one_job() throws SQLException {
        String key = fresh();
        List<Acceptance> answers = engine
                .engine()
                .acceptor()
                .acceptAll(List.of(
                        jobIn(queue).withKey(key("ann", key, "request")),
                        jobIn(queue),
                        jobIn(queue).withKey(key("ann", key, "request")),
                        jobIn(queue).withKey(key("ann", key, "another"))))
                .stream()
                .map(CompletableFuture::join)
                .toList();

        JobId id = ((Acceptance.Accepted) answers.get(0)).id();
        assertThat(answers.get(1)).isInstanceOf(Acceptance.Accepted.class);
        assertThat(answers.get(2))
                .isInstanceOfSatisfying(
                        Acceptance.Replayed.class,
                        replayed -> assertThat(replayed.id()).isEqualTo(id));
        assertThat(answers.get(3)).isEqualTo(new Acceptance.KeyReused(id));
        assertThat(rowsIn(queue)).isEqualTo(2);
    }

    @Test
    void many_clients_of_two_nodes_that_race_for_a_key_get_one_job() throws Exception {
        int clients = 40;
        int rounds = 10;
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int round = 0; round < rounds; round++) {
                NewJob job = jobIn(queue).withKey(key("ann", fresh(), "request"));
                CyclicBarrier start = new CyclicBarrier(clients);
                List<Future<JobId>> answers = new ArrayList<>();
                for (int client = 0; client < clients; client++) {
                    TestEngine node = client % 2 == 0 ? engine : other;
                    answers.add(threads.submit(() -> {
                        start.await();
                        return idOf(node.accept(job));
                    }));
                }
                Set<JobId> ids = new HashSet<>();
                for (Future<JobId> answer : answers) {
                    ids.add(answer.get());
                }
                assertThat(ids).hasSize(1);
            }
        }
        assertThat(rowsIn(queue)).isEqualTo(rounds);
    }

    private JobId idOf(Acceptance answer) {
        return switch (answer) {
            case Acceptance.Accepted accepted -> accepted.id();
            case Acceptance.Replayed replayed -> replayed.id();
            case Acceptance.Existing existing -> existing.id();
            case Acceptance.Refused refused -> throw new AssertionError("the same request was refused: " + refused);
        };
    }

    @Test
    void batches_that_hold_the_same_keys_in_other_orders_do_not_block_each_other() throws Exception {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            jobs.add(jobIn(queue).withKey(key("ann", fresh(), "request")));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<List<JobId>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TestEngine node = i % 2 == 0 ? engine : other;
                List<NewJob> shuffled = new ArrayList<>(jobs);
                Collections.shuffle(shuffled, new Random(i));
                answers.add(threads.submit(() -> node.engine().acceptor().acceptAll(shuffled).stream()
                        .map(answer -> idOf(answer.join()))
                        .toList()));
            }
            for (Future<List<JobId>> answer : answers) {
                assertThat(answer.get()).doesNotHaveDuplicates();
            }
        }
        assertThat(rowsIn(queue)).isEqualTo(300);
    }
}
