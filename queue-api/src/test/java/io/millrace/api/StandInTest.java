package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Job;
import io.millrace.client.JobEdit;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import io.millrace.client.JobSnapshot;
import io.millrace.client.Millrace;
import io.millrace.client.RawJson;
import io.millrace.client.RejectedException;
import io.millrace.client.Retry;
import io.millrace.client.SubmitOutcome;
import io.millrace.client.UniqueConflictException;
import io.millrace.client.testing.FakeMillrace;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.OnConflict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The SDK's stand-in for producers' tests answers as the service does. */
class StandInTest {

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static Millrace real;
    private static FakeMillrace fake;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        String key = ApiKeys.generate();
        stack.engine.apiKeys().ensure(key, "tests", Set.of(Scope.ADMIN));
        real = stack.sdk(key);
        fake = new FakeMillrace();
    }

    @AfterAll
    static void stop() {
        fake.close();
        real.close();
        stack.close();
    }

    static List<JobRequest> requests() {
        JobRequest job = Job.of("stand.in").queue("stand-in");
        JobRequest mail = Job.of("email.send");
        return List.of(
                Job.of("stand.in"),
                mail.payload(Map.of("to", List.of("ann@example.org"), "subject", "s", "text", "t")),
                job.priority(7).tag("a").tag("b").retry(Retry.attempts(3)).timeout(Duration.ofSeconds(90)),
                job.noTimeout().delay(Duration.ofMinutes(5)).expiresIn(Duration.ofMinutes(6)),
                job.runAt(Instant.EPOCH),
                job.payload("text"),
                job.payload(RawJson.of("[1]")),
                job.payload(RawJson.of("null")),
                job.payload("x".repeat(2_000_000)),
                job.tag("a\tb"),
                job.runAt(Instant.now().plus(Duration.ofDays(367))),
                job.delay(Duration.ofMinutes(5)).expiresIn(Duration.ofMinutes(5)),
                job.runAt(Instant.now().plusSeconds(600)).expiresIn(Duration.ofMinutes(5)),
                job.retry(Retry.attempts(3).initialDelay(Duration.ofHours(2))),
                job.retry(Retry.attempts(3).initialDelay(Duration.ofSeconds(2)).maxDelay(Duration.ofSeconds(1))),
                mail.payload(Map.of("to", List.of("nobody"), "subject", "s")),
                mail.payload(Map.of("cc", List.of())),
                Job.of("report.render").payload(Map.of("title", "t", "format", "doc")),
                Job.of("image.resize").payload(Map.of("outputs", List.of())));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void a_submit_is_taken_or_refused_alike(JobRequest request) {
        Function<Millrace, String> submit =
                millrace -> shown(millrace.enqueue(request).view());

        assertThat(outcome(submit, fake.client())).isEqualTo(outcome(submit, real));
    }

    @Test
    void a_key_stands_for_the_same_requests() {
        JobRequest first =
                Job.of("stand.in").payload(RawJson.of("{\"a\":1,\"b\":[2.5]}")).idempotencyKey("one \"key\"");
        for (JobRequest next : List.of(
                first,
                first.payload(RawJson.of("{ \"b\": [2.5], \"a\": 1 }")),
                first.priority(0).queue("default"),
                first.delay(Duration.ZERO),
                first.payload(RawJson.of("{\"a\":1.0,\"b\":[2.5]}")),
                first.queue("other"),
                first.tag("t"),
                first.retry(Retry.attempts(10)),
                first.retry(Retry.attempts(10).initialDelay(Duration.ofSeconds(1))),
                first.timeout(Duration.ofMinutes(30)))) {
            Function<Millrace, String> again = millrace -> {
                millrace.enqueue(first);
                return "replayed " + millrace.enqueue(next).replayed();
            };

            assertThat(outcome(again, fake.client())).as(next.toString()).isEqualTo(outcome(again, real));
        }
    }

    @Test
    void a_unique_key_is_held_alike() {
        JobRequest first = Job.of("stand.in").queue("unique").uniqueKey("k");
        for (JobRequest next : List.of(
                first,
                first.queue("elsewhere"),
                first.uniqueKey("k", OnConflict.RETURN),
                first.uniqueKey("k", OnConflict.REPLACE).priority(3).delay(Duration.ofMinutes(7)),
                first.uniqueKey("k", OnConflict.REPLACE),
                Job.of("stand.in.other").queue("unique").uniqueKey("k", OnConflict.REPLACE),
                first.uniqueKey("other"))) {
            Function<Millrace, String> again = millrace -> {
                JobHandle made = millrace.enqueue(first.queue("unique").uniqueKey("k", OnConflict.RETURN));
                try {
                    JobHandle job = millrace.enqueue(next);
                    return job.outcome() + " " + job.id().equals(made.id()) + " " + shown(job.view());
                } catch (UniqueConflictException e) {
                    return "conflict " + e.existing().equals(Optional.of(made.id()));
                }
            };

            assertThat(outcome(again, fake.client())).as(next.toString()).isEqualTo(outcome(again, real));
        }
    }

    @Test
    void who_holds_a_unique_key_is_found_alike() {
        for (Millrace one : List.of(fake.client(), real)) {
            JobRequest job = Job.of("stand.in").uniqueKey("held");
            one.enqueue(job.queue("holds"));
            one.enqueue(job.queue("holds-too").delay(Duration.ofMinutes(7)));
            one.enqueue(job.queue("holds").uniqueKey("other"));
        }
        JobFilter held = JobFilter.all().uniqueKey("held");
        for (JobFilter filter : List.of(
                held,
                held.queue("holds"),
                held.state(JobState.SCHEDULED),
                held.type("stand.in.other"),
                held.state(JobState.DEAD),
                held.uniqueKey("nobody's"))) {
            Function<Millrace, String> list = millrace ->
                    millrace.jobs(filter).map(StandInTest::shown).toList().toString();
            assertThat(outcome(list, fake.client())).as(filter.toString()).isEqualTo(outcome(list, real));
        }
    }

    @Test
    void jobs_stand_and_fall_together_alike() {
        JobRequest job = Job.of("stand.in").queue("together");
        JobRequest known = job.idempotencyKey("together-1");
        for (List<JobRequest> jobs : List.of(
                List.of(job, known, job.uniqueKey("k"), job.uniqueKey("k", OnConflict.RETURN)),
                List.of(job, known),
                List.of(job, job.uniqueKey("k"), known.priority(3), job.uniqueKey("free"), job.uniqueKey("free")),
                List.of(job.uniqueKey("k", OnConflict.REPLACE), job.tag("a\tb"), job.uniqueKey("k")),
                List.of(job, job.payload("text"), known.priority(3)))) {
            Function<Millrace, String> submit = millrace -> millrace.enqueueAtomically(jobs).stream()
                    .map(handle -> handle.outcome().map(SubmitOutcome::name).orElse("none"))
                    .toList()
                    .toString();
            Function<Millrace, String> listed = millrace -> String.valueOf(
                    millrace.jobs(JobFilter.all().queue("together")).count());

            assertThat(outcome(submit, fake.client())).as(jobs.toString()).isEqualTo(outcome(submit, real));
            assertThat(outcome(listed, fake.client())).as(jobs.toString()).isEqualTo(outcome(listed, real));
        }
    }

    @Test
    void what_the_state_of_a_job_does_not_allow_is_refused_alike() {
        List<Function<JobHandle, String>> acts = List.of(
                job -> shown(job.redrive()),
                job -> {
                    job.delete();
                    return "deleted";
                },
                job -> {
                    JobSnapshot seen = job.snapshot();
                    return "changed " + job.changedSince(seen).isPresent();
                },
                job -> "file " + job.artifact("no-such-file"));
        for (Function<JobHandle, String> act : acts) {
            Function<Millrace, String> ready =
                    millrace -> act.apply(millrace.enqueue(Job.of("stand.in").queue("acts")));
            assertThat(outcome(ready, fake.client())).isEqualTo(outcome(ready, real));

            Function<Millrace, String> none =
                    millrace -> act.apply(millrace.job("01890a5d-ac96-774b-bcce-b302099a8057"));
            assertThat(outcome(none, fake.client())).isEqualTo(outcome(none, real));
        }
    }

    @Test
    void an_edit_is_refused_alike() {
        for (JobEdit edit : List.of(
                JobEdit.unchanged().payload("text"),
                JobEdit.unchanged().runAt(Instant.now().plus(Duration.ofDays(367))))) {
            Function<Millrace, String> editing = millrace ->
                    shown(millrace.enqueue("stand.in", Map.of()).edit(edit).job());

            assertThat(outcome(editing, fake.client())).isEqualTo(outcome(editing, real));
        }
    }

    private static String outcome(Function<Millrace, String> act, Millrace millrace) {
        try {
            return act.apply(millrace);
        } catch (RejectedException e) {
            return e.status() + " " + e.code() + " "
                    + e.errors().stream().map(FieldProblem::pointer).sorted().toList();
        }
    }

    /** What a job shows that is the same for every job of its request. */
    private static String shown(JobView job) {
        return String.join(
                " ",
                job.type(),
                job.queue(),
                job.state(),
                "priority " + job.priority(),
                "attempt " + job.attempt() + "/" + job.maxAttempts(),
                job.timeout(),
                job.tags().toString(),
                "starts in " + Duration.between(job.createdAt(), job.runAt()).toMinutes(),
                "expires " + (job.expiresAt() != null));
    }
}
