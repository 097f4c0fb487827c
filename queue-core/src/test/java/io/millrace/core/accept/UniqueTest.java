package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.Actor;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartTime;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.operate.JobEditor;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.OnConflict;
import io.millrace.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A unique key is one unfinished job of its queue. */
class UniqueTest extends TwoEngines {

    private NewJob unique(String key) {
        return unique(key, OnConflict.REJECT);
    }

    private NewJob unique(String key, OnConflict onConflict) {
        return jobIn(queue).withUnique(new UniqueKey(key, onConflict));
    }

    private IdempotencyKey key(String key) {
        return new IdempotencyKey("ann", key, "request".getBytes(UTF_8));
    }

    private String fresh() {
        return UUID.randomUUID().toString();
    }

    /** Whether somebody holds a job is told once the index of its queue, which came into being just now, is complete. */
    private void awaitIndex() {
        JobId probe = engine.submit(jobIn(queue));
        await().atMost(Patience.LONGEST)
                .until(() ->
                        engine.engine().operator().cancel(probe, Actor.SETTINGS) instanceof OperationResult.WrongState
                                || engine.find(probe).state() == JobState.CANCELLED);
    }

    private void die(ClaimedJob job) {
        assertThat(engine.finish(job, new Verdict.Died(FailureReason.PERMANENT, "broken")))
                .isTrue();
    }

    private JobId dead(NewJob job) {
        JobId id = engine.submit(job);
        die(engine.claimOne(queue));
        return id;
    }

    @Test
    void a_second_job_with_the_key_is_refused_and_told_the_first_until_that_has_ended() {
        JobId first = engine.submit(unique("one"));
        var conflict = new Acceptance.UniqueConflict(first);

        assertThat(engine.accept(unique("one"))).isEqualTo(conflict);
        assertThat(other.accept(unique("one"))).isEqualTo(conflict);
        ClaimedJob running = engine.claimOne(queue);
        assertThat(engine.accept(unique("one"))).isEqualTo(conflict);
        engine.finish(running, new Verdict.Retried(FailureReason.ERROR, "again", Duration.ofHours(1)));
        assertThat(engine.accept(unique("one"))).isEqualTo(conflict);
        assertThat(engine.find(first).uniqueKey()).contains("one");
    }

    @Test
    void other_keys_other_queues_and_jobs_without_a_key_are_not_held_up() {
        engine.submit(unique("one"));

        engine.submit(unique("two"));
        engine.submit(jobIn(queue));
        engine.submit(jobIn(freshQueue()).withUnique(new UniqueKey("one", OnConflict.REJECT)));
    }

    @Test
    void a_key_is_free_once_its_job_has_ended_in_whatever_way() {
        awaitIndex();
        engine.submit(unique("ended"));
        engine.succeed(engine.claimOne(queue));
        dead(unique("ended"));
        JobId cancelled = engine.submit(unique("ended"));
        assertThat(engine.engine().operator().cancel(cancelled, Actor.SETTINGS))
                .isInstanceOf(OperationResult.Done.class);
        JobId expired = engine.submit(unique("ended").expiringIn(Duration.ofSeconds(1)));
        await().atMost(Patience.LONGEST)
                .until(() -> engine.find(expired).state().isFinal());
        JobId deleted = engine.submit(unique("ended"));
        engine.succeed(engine.claimOne(queue));
        assertThat(engine.engine().editor().delete(deleted, Actor.SETTINGS)).isEqualTo(JobEditor.Result.DONE);

        engine.submit(unique("ended"));
    }

    @Test
    void a_submit_that_asks_for_it_is_answered_with_the_existing_job() {
        JobId first = engine.submit(unique("one", OnConflict.RETURN));

        assertThat(engine.accept(unique("one", OnConflict.RETURN).withKey(key(fresh()))))
                .isEqualTo(new Acceptance.Existing(first, false, false, Optional.empty()));
        assertThat(engine.accept(unique("one"))).isEqualTo(new Acceptance.UniqueConflict(first));
    }

    @Test
    void a_submit_that_replaces_gives_the_waiting_job_its_payload_priority_and_start() {
        awaitIndex();
        JobId first = engine.submit(unique("one").startingAt(new StartTime.After(Duration.ofHours(2))));
        JobDetails before = engine.find(first);
        NewJob next = replacing("{\"n\":2}", 7);

        assertThat(other.accept(next)).isEqualTo(new Acceptance.Existing(first, true, false, Optional.empty()));
        JobDetails kept = engine.find(first);
        assertThat(kept.payload()).isEqualTo("{\"n\":2}".getBytes(UTF_8));
        assertThat(kept.priority()).isEqualTo(7);
        assertThat(kept.runAt()).isEqualTo(before.runAt());

        engine.accept(next.startingAt(new StartTime.After(Duration.ofMinutes(5))));
        assertThat(engine.find(first).runAt()).isBefore(before.runAt());
        assertThat(engine.find(first).state()).isEqualTo(JobState.SCHEDULED);
    }

    private NewJob replacing(String payload, int priority) {
        NewJob job = unique("one", OnConflict.REPLACE);
        return new NewJob(
                job.type(),
                job.queue(),
                priority,
                job.start(),
                job.expiresIn(),
                job.options(),
                job.tags(),
                payload.getBytes(UTF_8),
                job.key(),
                job.unique());
    }

    @Test
    void a_replaced_job_runs_once_with_the_last_payload() {
        awaitIndex();
        JobId first = engine.submit(unique("one", OnConflict.REPLACE));
        for (int i = 2; i < 6; i++) {
            assertThat(engine.accept(replacing("{\"n\":" + i + "}", 0))).isInstanceOf(Acceptance.Existing.class);
        }

        ClaimedJob claimed = engine.claimOne(queue);
        assertThat(claimed.entry().id()).isEqualTo(first);
        assertThat(claimed.payload()).isEqualTo("{\"n\":5}".getBytes(UTF_8));
        engine.succeed(claimed);
        assertThat(engine.claimNow(queue, 10)).isEmpty();
    }

    @Test
    void a_job_that_runs_or_is_of_another_type_is_not_replaced() {
        awaitIndex();
        JobId first = engine.submit(unique("one"));
        NewJob otherType = NewJob.of(new JobType("other.work"), "{}".getBytes(UTF_8))
                .inQueue(queue)
                .withUnique(new UniqueKey("one", OnConflict.REPLACE));
        assertThat(engine.accept(otherType)).isEqualTo(new Acceptance.UniqueConflict(first));

        ClaimedJob running = engine.claimOne(queue);
        assertThat(engine.accept(replacing("{\"n\":2}", 0))).isEqualTo(new Acceptance.UniqueConflict(first));
        engine.succeed(running);
        assertThat(engine.find(first).payload()).isEqualTo("{\"n\":1}".getBytes(UTF_8));
    }

    @Test
    void a_repeated_replacement_is_not_made_twice() {
        awaitIndex();
        JobId first = engine.submit(unique("one"));
        String key = fresh();
        var replaced =
                (Acceptance.Existing) engine.accept(replacing("{\"n\":2}", 0).withKey(key(key)));
        engine.accept(replacing("{\"n\":3}", 0));

        var again =
                (Acceptance.Existing) engine.accept(replacing("{\"n\":2}", 0).withKey(key(key)));
        assertThat(again.replayed()).isTrue();
        assertThat(again.keyEnds()).isEqualTo(replaced.keyEnds());
        assertThat(engine.find(first).payload()).isEqualTo("{\"n\":3}".getBytes(UTF_8));
        engine.succeed(engine.claimOne(queue));
        assertThat(engine.accept(replacing("{\"n\":2}", 0).withKey(key(key)))).isEqualTo(again);
        assertThat(engine.accept(jobIn(queue).withKey(new IdempotencyKey("ann", key, "another".getBytes(UTF_8)))))
                .isEqualTo(new Acceptance.KeyReused(first));
    }

    @Test
    void an_idempotency_key_answers_before_the_unique_key_does() {
        NewJob job = unique("one").withKey(key(fresh()));
        var first = (Acceptance.Accepted) engine.accept(job);
        var replayed = new Acceptance.Replayed(
                first.id(), first.runAt(), first.keyEnds().orElseThrow());

        assertThat(engine.accept(job)).isEqualTo(replayed);
        engine.succeed(engine.claimOne(queue));
        assertThat(engine.accept(job)).isEqualTo(replayed);
        JobId second = engine.submit(unique("one"));
        assertThat(engine.accept(job)).isEqualTo(replayed);
        assertThat(engine.accept(unique("one"))).isEqualTo(new Acceptance.UniqueConflict(second));
    }

    @Test
    void a_refused_submit_uses_up_no_key_of_either_kind() {
        engine.submit(unique("one"));
        NewJob refused = unique("one").withKey(key(fresh()));
        assertThat(engine.accept(refused)).isInstanceOf(Acceptance.UniqueConflict.class);
        String reused = fresh();
        engine.submit(jobIn(queue).withKey(key(reused)));
        assertThat(engine.accept(unique("two").withKey(new IdempotencyKey("ann", reused, "another".getBytes(UTF_8)))))
                .isInstanceOf(Acceptance.KeyReused.class);

        engine.submit(unique("two"));
        for (ClaimedJob job : engine.claim(queue, 3)) {
            engine.succeed(job);
        }
        assertThat(engine.accept(refused)).isInstanceOf(Acceptance.Accepted.class);
    }

    @Test
    void a_key_given_twice_in_one_batch_makes_one_job() {
        List<Acceptance> answers = engine
                .engine()
                .acceptor()
                .acceptAll(List.of(
                        unique("one"), jobIn(queue), unique("one", OnConflict.RETURN), unique("one"), unique("two")))
                .stream()
                .map(CompletableFuture::join)
                .toList();

        JobId first = ((Acceptance.Accepted) answers.get(0)).id();
        assertThat(answers.get(1)).isInstanceOf(Acceptance.Accepted.class);
        assertThat(answers.get(2)).isEqualTo(new Acceptance.Existing(first, false, false, Optional.empty()));
        assertThat(answers.get(3)).isEqualTo(new Acceptance.UniqueConflict(first));
        assertThat(answers.get(4)).isInstanceOf(Acceptance.Accepted.class);
    }

    @Test
    void batches_that_hold_the_same_keys_in_other_orders_do_not_block_each_other() throws Exception {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            jobs.add(unique("k" + i, OnConflict.RETURN).withKey(key(fresh())));
        }
        List<Future<Long>> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                TestEngine node = i % 2 == 0 ? engine : other;
                List<NewJob> shuffled = new ArrayList<>(jobs);
                Collections.shuffle(shuffled, new Random(i));
                made.add(threads.submit(() -> node.engine().acceptor().acceptAll(shuffled).stream()
                        .map(CompletableFuture::join)
                        .filter(Acceptance.Accepted.class::isInstance)
                        .count()));
            }
        }
        long all = 0;
        for (Future<Long> each : made) {
            all += each.get();
        }
        assertThat(all).isEqualTo(300);
    }

    @Test
    void a_redriven_job_takes_its_key_again() {
        JobId job = dead(unique("one"));

        assertThat(engine.engine().operator().redrive(job, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
        assertThat(engine.accept(unique("one"))).isEqualTo(new Acceptance.UniqueConflict(job));
        engine.succeed(engine.claimOne(queue));
        engine.submit(unique("one"));
    }

    @Test
    void a_job_whose_key_another_one_has_taken_is_not_redriven_while_that_has_not_ended() {
        JobId old = dead(unique("one"));
        JobId next = engine.submit(unique("one"));

        assertThat(engine.engine().operator().redrive(old, Actor.SETTINGS))
                .isEqualTo(new OperationResult.UniqueConflict(next));
        assertThat(engine.find(old).state()).isEqualTo(JobState.DEAD);
        engine.succeed(engine.claimOne(queue));
        assertThat(engine.engine().operator().redrive(old, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
        assertThat(engine.engine().operator().redrive(next, Actor.SETTINGS))
                .isEqualTo(new OperationResult.WrongState(JobState.SUCCEEDED));
    }
}
