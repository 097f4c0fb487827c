package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TestEngine;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.RowRefusedException;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One bad row never fails its neighbours. */
class BadRowTest {

    private static final String NUL = "a\u0000b";

    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        engine = TestEngine.on(Stores.fresh(), "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private NewJob tagged(String tag) {
        NewJob plain = jobIn(queue);
        return new NewJob(
                plain.type(),
                queue,
                plain.priority(),
                plain.start(),
                plain.expiresIn(),
                plain.options(),
                List.of(tag),
                plain.payload(),
                plain.key(),
                plain.unique());
    }

    @Test
    void a_job_that_postgresql_refuses_fails_alone() {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            jobs.add(tagged(i == 37 ? NUL : "fine"));
        }
        List<CompletableFuture<Acceptance>> answers = engine.engine().acceptor().acceptAll(jobs);

        assertThatThrownBy(() -> answers.get(37).join()).hasCauseInstanceOf(RowRefusedException.class);
        List<JobId> accepted = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (i != 37) {
                accepted.add(((Acceptance.Accepted) answers.get(i).join()).id());
            }
        }
        assertThat(accepted).isSorted().doesNotHaveDuplicates();
        assertThat(engine.claim(queue, 63).stream().map(job -> job.row().id()))
                .containsExactlyInAnyOrderElementsOf(accepted);
    }

    @Test
    void a_payload_may_hold_any_bytes() {
        byte[] payload = "{\"nul\":\"\u0000\",\"surrogate\":\"\\ud800\"}".getBytes(UTF_8);
        NewJob plain = jobIn(queue);
        engine.submit(new NewJob(
                plain.type(),
                queue,
                0,
                plain.start(),
                plain.expiresIn(),
                plain.options(),
                List.of(),
                payload,
                plain.key(),
                plain.unique()));

        assertThat(engine.claimOne(queue).payload()).isEqualTo(payload);
    }

    @Test
    void an_outcome_whose_message_cannot_be_stored_is_recorded_without_the_bad_characters() {
        engine.engine()
                .acceptor()
                .acceptAll(List.of(jobIn(queue), jobIn(queue), jobIn(queue)))
                .forEach(CompletableFuture::join);
        List<ClaimedJob> jobs = engine.claim(queue, 3);

        List<Verdict> verdicts = List.of(
                new Verdict.Died(FailureReason.ERROR, NUL),
                new Verdict.Died(FailureReason.ERROR, "a\ud800b"),
                new Verdict.Succeeded("{}".getBytes(UTF_8)));
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(engine.worker().finisher().finish(jobs.get(i), verdicts.get(i), System.nanoTime()));
        }

        answers.forEach(answer -> assertThat(answer.join()).isTrue());
        assertThat(messageOf(jobs.get(0))).isEqualTo("a\ufffdb");
        assertThat(messageOf(jobs.get(1))).matches("a.b");
        assertThat(engine.find(jobs.get(2).row().id()).state()).isEqualTo(JobState.SUCCEEDED);
    }

    private static String messageOf(ClaimedJob job) {
        return engine.find(job.row().id()).failure().orElseThrow().message();
    }
}
