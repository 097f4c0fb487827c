package io.millrace.client.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.client.BulkResult;
import io.millrace.client.Job;
import io.millrace.client.JobEdit;
import io.millrace.client.JobFailedException;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import io.millrace.client.JobSnapshot;
import io.millrace.client.Millrace;
import io.millrace.client.RejectedException;
import io.millrace.client.Retry;
import io.millrace.client.SubmitOutcome;
import io.millrace.client.UnavailableException;
import io.millrace.client.UniqueConflictException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.OnConflict;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FakeMillraceTest {

    private static final Duration SOON = Duration.ofMinutes(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final FakeMillrace fake = new FakeMillrace(now::get);
    private final Millrace millrace = fake.client();

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void what_was_enqueued_is_listed_with_its_payload_and_its_key() {
        JobHandle first = millrace.enqueue(
                Job.of("t").payload(Map.of("n", 1)).tag("a").priority(4).idempotencyKey("a \"b\" \\c"));
        millrace.enqueue("other", Map.of());

        assertThat(fake.enqueued()).extracting(job -> job.view().type()).containsExactly("t", "other");
        assertThat(fake.enqueued("t")).singleElement().satisfies(job -> {
            assertThat(job.id()).isEqualTo(first.id());
            assertThat(job.payload()).isEqualTo("{\"n\":1}");
            assertThat((Object) job.payload(Map.class)).isEqualTo(Map.of("n", 1));
            assertThat(job.idempotencyKey()).isEqualTo("a \"b\" \\c");
            assertThat(job.view()).isEqualTo(first.view());
        });
        assertThat(first.view()).satisfies(job -> {
            assertThat(job.state()).isEqualTo("ready");
            assertThat(job.queue()).isEqualTo("default");
            assertThat(job.priority()).isEqualTo(4);
            assertThat(job.tags()).containsExactly("a");
            assertThat(job.maxAttempts()).isEqualTo(10);
            assertThat(job.timeout()).isEqualTo("30m");
        });
    }

    @Test
    void the_same_key_is_the_same_job_and_with_another_request_a_refusal() {
        JobRequest request = Job.of("t").payload(Map.of("n", 1)).idempotencyKey("k");
        JobHandle first = millrace.enqueue(request);

        JobHandle again = millrace.enqueue(request.queue("default").priority(0));

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.replayed()).isTrue();
        assertThat(first.replayed()).isFalse();
        assertThat(refusal(() -> millrace.enqueue(request.priority(1)))).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(fake.enqueued()).hasSize(1);
    }

    @Test
    void a_unique_key_is_held_until_its_job_ends() {
        JobRequest request = Job.of("t").uniqueKey("k");
        JobHandle first = millrace.enqueue(request.delay(Duration.ofHours(1)));

        assertThat(catchThrowableOfType(UniqueConflictException.class, () -> millrace.enqueue(request))
                        .existing())
                .contains(first.id());
        JobHandle replaced = millrace.enqueue(request.uniqueKey("k", OnConflict.REPLACE)
                .payload(Map.of("n", 2))
                .runAt(now.get()));
        assertThat(replaced.outcome()).contains(SubmitOutcome.REPLACED);
        assertThat(fake.job(first.id()).payload()).isEqualTo("{\"n\":2}");
        fake.begin(first.id());
        assertThat(refusal(() -> millrace.enqueue(request.uniqueKey("k", OnConflict.REPLACE))))
                .isEqualTo(ErrorCode.UNIQUE_CONFLICT);
        fake.fail(first.id(), "broken");
        JobHandle second = millrace.enqueue(request);
        assertThat(second.outcome()).contains(SubmitOutcome.MADE);
        assertThat(refusal(first::redrive)).isEqualTo(ErrorCode.UNIQUE_CONFLICT);
        assertThat(second.view().uniqueKey()).isEqualTo("k");
    }

    @Test
    void a_job_that_is_refused_among_others_lets_none_be_accepted() {
        JobHandle first = millrace.enqueue(Job.of("t").uniqueKey("k"));
        List<JobRequest> jobs = List.of(
                Job.of("t").queue("new"),
                Job.of("t").uniqueKey("k"),
                Job.of("t").uniqueKey("k", OnConflict.RETURN));

        UniqueConflictException refused =
                catchThrowableOfType(UniqueConflictException.class, () -> millrace.enqueueAtomically(jobs));
        assertThat(refused.existing()).contains(first.id());
        assertThat(refused.errors()).extracting(FieldProblem::pointer).containsExactly("/1/unique_key");
        assertThat(fake.enqueued()).hasSize(1);
        assertThat(millrace.queues()).hasSize(1);
    }

    @Test
    void a_key_stands_for_a_day() {
        JobRequest request = Job.of("t").idempotencyKey("k");
        millrace.enqueue(request);

        pass(Duration.ofDays(1).minusMillis(1));
        assertThat(millrace.enqueue(request).replayed()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(millrace.enqueue(request).replayed()).isFalse();
    }

    @Test
    void what_the_service_would_refuse_is_refused_with_the_field() {
        JobRequest job = Job.of("t");
        assertThat(fields(job.payload("text"))).containsExactly("/payload");
        assertThat(fields(job.runAt(now.get().plus(Duration.ofDays(367))))).containsExactly("/run_at");
        assertThat(fields(job.expiresIn(Duration.ofSeconds(5)).delay(Duration.ofMinutes(1))))
                .containsExactly("/expires_in");
        assertThat(fields(job.retry(Retry.attempts(2).initialDelay(Duration.ofHours(2)))))
                .containsExactly("/retry/initial_delay");
        assertThat(fields(job.tag("a\nb"))).containsExactly("/tags/0");
        assertThat(fields(Job.of("email.send").payload(Map.of("to", List.of("nobody"), "subject", "s"))))
                .containsExactly("/payload/to/0", "/payload/text");
        assertThat(fields(Job.of("email.send").payload(Map.of("an", "x")))).containsExactly("/payload");
        assertThat(fake.enqueued()).isEmpty();
    }

    @Test
    void a_refused_request_uses_up_no_key() {
        JobRequest request = Job.of("t").idempotencyKey("k");

        assertThat(refusal(() -> millrace.enqueue(request.payload("text")))).isEqualTo(ErrorCode.INVALID_FIELD);

        assertThat(millrace.enqueue(request).replayed()).isFalse();
    }

    @Test
    void who_awaits_a_job_returns_when_the_test_ends_it() {
        JobHandle job = millrace.enqueue("t", Map.of());
        var done = job.awaitSuccessAsync(Duration.ofMinutes(1));
        fake.begin(job.id());
        assertThat(job.view().state()).isEqualTo("running");

        fake.succeed(job.id(), Map.of("rows", 3));

        assertThat(done).succeedsWithin(SOON).extracting(JobView::result).isEqualTo(Map.of("rows", 3));
        assertThatThrownBy(() -> fake.fail(job.id(), "late")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_failed_job_is_dead_with_its_error_and_can_be_redriven() {
        JobHandle job = millrace.enqueue("t", Map.of());
        fake.fail(job.id(), "no mailbox");

        var failed = catchThrowableOfType(JobFailedException.class, () -> job.awaitSuccess(SOON));
        assertThat(failed.job().error()).isEqualTo(new JobView.ErrorView("permanent", "no mailbox"));
        assertThat(failed.job().attempts()).hasSize(1);

        assertThat(job.redrive().state()).isEqualTo("ready");
        fake.succeed(job.id(), "fine");
        assertThat(job.awaitSuccess(SOON).result()).isEqualTo("fine");
        assertThat(refusal(job::redrive)).isEqualTo(ErrorCode.STATE_CONFLICT);
    }

    @Test
    void delays_and_start_deadlines_go_by_the_clock_of_the_test() {
        JobHandle later = millrace.enqueue(Job.of("t").delay(Duration.ofMinutes(5)));
        JobHandle brief = millrace.enqueue(Job.of("t").expiresIn(Duration.ofMinutes(5)));
        assertThat(later.view().state()).isEqualTo("scheduled");
        assertThatThrownBy(() -> fake.begin(later.id())).isInstanceOf(IllegalStateException.class);

        pass(Duration.ofMinutes(5));

        assertThat(later.view().state()).isEqualTo("ready");
        assertThat(brief.view().state()).isEqualTo("cancelled");
        assertThat(brief.view().error()).extracting(error -> error.reason()).isEqualTo("expired");
    }

    @Test
    void a_call_that_is_made_to_fail_does_nothing_and_is_not_repeated() {
        JobRequest request = Job.of("t").idempotencyKey("k");
        fake.failNext();

        assertThatThrownBy(() -> millrace.enqueue(request))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("the test asked for it");
        assertThat(fake.enqueued()).isEmpty();

        assertThat(millrace.enqueue(request).replayed()).isFalse();
    }

    @Test
    void a_call_whose_answer_is_lost_takes_effect() {
        JobRequest request = Job.of("t").idempotencyKey("k");
        fake.loseNextAnswer();

        assertThatThrownBy(() -> millrace.enqueue(request)).isInstanceOf(UnavailableException.class);
        assertThat(fake.enqueued()).hasSize(1);

        assertThat(millrace.enqueue(request).replayed()).isTrue();
        assertThat(fake.enqueued()).hasSize(1);
    }

    @Test
    void a_call_is_refused_as_the_test_says() {
        fake.refuseNext(ErrorCode.FORBIDDEN, "not for you");

        assertThat(refusal(() -> millrace.enqueue("t", Map.of()))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThatThrownBy(() -> fake.refuseNext(ErrorCode.QUEUE_FULL, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void in_a_bulk_submit_each_job_stands_for_itself() {
        BulkResult result = millrace.enqueueAll(List.of(
                Job.of("t").payload(Map.of("n", 1)).idempotencyKey("k1"),
                Job.of("t").payload("text"),
                Job.of("t").payload(Map.of("n", 1)).idempotencyKey("k1")));

        assertThat(result.accepted()).hasSize(2);
        assertThat(result.rejected()).hasSize(1);
        assertThat(fake.enqueued()).hasSize(1);
    }

    @Test
    void jobs_are_listed_newest_first_and_page_by_page() {
        IntStream.range(0, 120).forEach(i -> millrace.enqueue(Job.of("t").tag(i % 2 == 0 ? "even" : "odd")));
        var oldest = fake.enqueued().get(0).id();
        fake.fail(oldest, "No Mailbox");

        assertThat(millrace.jobs(JobFilter.all()).map(JobView::id).toList())
                .hasSize(120)
                .doesNotHaveDuplicates()
                .endsWith(oldest.toString());
        assertThat(millrace.jobs(JobFilter.all().tag("odd").state(JobState.READY)))
                .hasSize(60);
        assertThat(millrace.jobs(JobFilter.all().error("no mail"))).hasSize(1);
    }

    @Test
    void a_job_is_edited_cancelled_and_removed() {
        JobHandle job = millrace.enqueue(Job.of("t").delay(Duration.ofHours(1)));
        JobSnapshot seen = job.snapshot();
        assertThat(job.changedSince(seen)).isEmpty();
        assertThat(refusal(job::delete)).isEqualTo(ErrorCode.STATE_CONFLICT);

        JobSnapshot changed =
                job.edit(JobEdit.unchanged().priority(9).delay(Duration.ZERO).payload(Map.of("n", 2)), seen);

        assertThat(changed.job().state()).isEqualTo("ready");
        assertThat(changed.job().priority()).isEqualTo(9);
        assertThat(fake.job(job.id()).payload()).isEqualTo("{\"n\":2}");
        assertThat(refusal(() -> job.edit(JobEdit.unchanged().priority(1), seen)))
                .isEqualTo(ErrorCode.CHANGED_MEANWHILE);
        assertThat(job.cancel().state()).isEqualTo("cancelled");
        job.delete();
        assertThat(refusal(job::view)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThatThrownBy(() -> fake.begin(job.id())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_file_that_the_test_attached_is_downloaded() throws IOException {
        JobHandle job = millrace.enqueue("t", Map.of());
        fake.attach(job.id(), "a report.pdf", "application/pdf", new byte[] {1, 2, 3});

        try (InputStream file = job.artifact("a report.pdf")) {
            assertThat(file.readAllBytes()).containsExactly(1, 2, 3);
        }
        assertThat(job.view().artifacts())
                .containsExactly(new JobView.ArtifactView("a report.pdf", 3, "application/pdf"));
        assertThat(refusal(() -> job.artifact("other"))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void queues_are_counted_paused_and_resumed() {
        millrace.enqueue(Job.of("t").queue("q"));
        millrace.enqueue(Job.of("t").queue("q").delay(Duration.ofHours(1)));
        pass(Duration.ofSeconds(3));

        assertThat(millrace.queue("q").pause().paused()).isTrue();
        assertThat(millrace.queues()).singleElement().satisfies(queue -> {
            assertThat(queue.paused()).isTrue();
            assertThat(queue.ready()).isEqualTo(1);
            assertThat(queue.scheduled()).isEqualTo(1);
            assertThat(queue.oldestReadyAgeSeconds()).isEqualTo(3.0);
        });
        assertThat(millrace.queue("q").resume().paused()).isFalse();
        assertThat(refusal(() -> millrace.queue("never").view())).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(millrace.workers()).isEmpty();
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    private List<String> fields(JobRequest request) {
        return catchThrowableOfType(RejectedException.class, () -> millrace.enqueue(request)).errors().stream()
                .map(FieldProblem::pointer)
                .toList();
    }

    private static ErrorCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(RejectedException.class, call).errorCode().orElseThrow();
    }
}
