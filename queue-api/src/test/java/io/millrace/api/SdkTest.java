package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.client.AuditFilter;
import io.millrace.client.AuditPage;
import io.millrace.client.BulkChange;
import io.millrace.client.CreatedKey;
import io.millrace.client.Job;
import io.millrace.client.JobEdit;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import io.millrace.client.JobSnapshot;
import io.millrace.client.KeyRequest;
import io.millrace.client.Millrace;
import io.millrace.client.QueueHandle;
import io.millrace.client.QueueSettings;
import io.millrace.client.RejectedException;
import io.millrace.client.UnavailableException;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.protocol.AuditView;
import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.OperationView;
import io.millrace.testkit.Patience;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java SDK against the service itself. */
class SdkTest {

    private static final Duration PATIENCE = Patience.LONGEST;

    /** Who asked again and again would do so once a second by then, and be this late in half of all cases. */
    private static final Duration SOON = Duration.ofSeconds(2);

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static TestWorker worker;
    private static Millrace millrace;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        worker = new TestWorker(stack.engine, "w-sdk");
        String key = ApiKeys.generate();
        stack.engine.apiKeys().ensure(key, "tests", Set.of(Scope.ADMIN));
        millrace = stack.sdk(key);
    }

    @AfterAll
    static void stop() {
        millrace.close();
        worker.close();
        stack.close();
    }

    @Test
    void await_returns_when_the_job_ends_and_not_when_it_is_asked_for_again() {
        List<ClaimedJob> claimed = new ArrayList<>();
        List<CompletableFuture<Long>> returns = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            JobHandle job = millrace.enqueue(request("awaited"));
            claimed.add(worker.claim("awaited"));
            returns.add(job.awaitAsync(PATIENCE).thenApply(view -> System.nanoTime()));
        }
        // By now, who asked again and again would do so at long intervals.
        assertThat(returns.get(0)).failsWithin(Duration.ofSeconds(2)).withThrowableOfType(TimeoutException.class);

        List<Duration> latencies = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            worker.succeed(claimed.get(i), "{}");
            long end = System.nanoTime();
            latencies.add(Duration.ofNanos(returns.get(i).join() - end));
        }

        // The median: some may meet a pause of the machine.
        assertThat(latencies.stream().sorted().toList().get(4)).isLessThan(SOON);
        assertThat(millrace.jobs(JobFilter.all().queue("awaited").state(JobState.SUCCEEDED)))
                .hasSize(9);
    }

    @Test
    void jobs_are_listed_page_by_page_and_by_every_filter() {
        List<JobHandle> jobs = millrace.enqueueAll(IntStream.range(0, 120)
                        .mapToObj(i -> request("listed").tag(i % 2 == 0 ? "even" : "odd one"))
                        .toList())
                .orThrow();
        JobFilter all = JobFilter.all().queue("listed");

        assertThat(millrace.jobs(all).map(JobView::id).distinct()).hasSize(120);
        assertThat(millrace.jobs(all.tag("odd one"))).hasSize(60);
        assertThat(millrace.jobs(
                        all.type("diagnostic.noop").state(JobState.READY).limit(7)))
                .hasSize(7);
        JobView last = jobs.get(119).view();
        assertThat(millrace.jobs(all.createdFrom(last.createdAt()))).isNotEmpty();
        assertThat(millrace.jobs(all.createdFrom(last.createdAt().plusSeconds(60))))
                .isEmpty();
        assertThat(millrace.jobs(all.error("no such text & none"))).isEmpty();
    }

    @Test
    void a_job_that_waits_is_edited_by_who_has_seen_it_last() {
        JobHandle job = millrace.enqueue(request("edited").delay(Duration.ofHours(1)));
        JobSnapshot seen = job.snapshot();
        assertThat(job.changedSince(seen)).isEmpty();

        // Until a node has seen the new queue's index, it cannot tell whether a worker has the job.
        JobSnapshot mine = await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UnavailableException.class)
                .until(() -> job.edit(JobEdit.unchanged().priority(7), seen), snapshot -> true);
        assertThat(mine.job().priority()).isEqualTo(7);
        assertThat(job.changedSince(seen))
                .hasValueSatisfying(now -> assertThat(now.etag()).isEqualTo(mine.etag()));
        assertThat(refusal(() -> job.edit(JobEdit.unchanged().priority(1), seen)))
                .isEqualTo(ErrorCode.CHANGED_MEANWHILE);

        JobSnapshot ready = job.edit(JobEdit.unchanged().payload(Map.of("n", 2)).delay(Duration.ZERO));
        assertThat(ready.job().state()).isEqualTo("ready");
        assertThat(new String(worker.claim("edited").payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"n\":2}");
    }

    @Test
    void an_ended_job_is_redriven_or_removed() {
        JobHandle job = millrace.enqueue(request("removed"));
        assertThat(refusal(job::delete)).isEqualTo(ErrorCode.STATE_CONFLICT);
        worker.finish(worker.claim("removed"), new Verdict.Died(FailureReason.PERMANENT, "no such thing"));
        assertThat(job.await(PATIENCE).state()).isEqualTo("dead");
        assertThat(job.redrive().state()).isEqualTo("ready");
        worker.succeed(worker.claim("removed"), "{}");
        job.awaitSuccess(PATIENCE);
        assertThat(refusal(job::cancel)).isEqualTo(ErrorCode.STATE_CONFLICT);
        job.delete();
        assertThat(refusal(job::view)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void a_queue_is_paused_resumed_and_set() {
        millrace.enqueue(request("steered"));
        QueueHandle queue = millrace.queue("steered");

        assertThat(queue.pause().paused()).isTrue();
        assertThat(queue.pauseAsync().join().paused()).isTrue();
        assertThat(queue.resume().paused()).isFalse();
        assertThat(queue.change(QueueSettings.unchanged().backlogLimit(500).idempotencyLife(Duration.ofDays(7)))
                        .backlogLimit())
                .isEqualTo(500);
        assertThat(queue.change(QueueSettings.unchanged().noBacklogLimit())).satisfies(view -> {
            assertThat(view.backlogLimit()).isNull();
            assertThat(view.idempotencyLife()).isEqualTo("7d");
        });
        assertThat(queue.change(QueueSettings.unchanged().concurrencyLimit(9).rateLimit(0.5)))
                .satisfies(view -> {
                    assertThat(view.concurrencyLimit()).isEqualTo(9);
                    assertThat(view.rateLimit()).isEqualTo(0.5);
                });
        assertThat(queue.stats().queue()).isEqualTo("steered");
        assertThat(millrace.queues()).anyMatch(view -> view.name().equals("steered"));
        assertThat(refusal(() -> millrace.queue("never").pause())).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void a_key_that_the_client_makes_works_until_it_is_revoked() {
        CreatedKey made = millrace.keys()
                .create(KeyRequest.scopes("produce").queues("keyed-*").owner("shop"));
        assertThat(millrace.keys().list()).contains(made.view());
        try (Millrace shop = stack.sdk(made.key())) {
            shop.enqueue(request("keyed-mail").payload(Map.of()));
            assertThat(refusal(() -> shop.enqueue(request("other").payload(Map.of()))))
                    .isEqualTo(ErrorCode.NOT_FOUND);
            millrace.keys().revoke(made.view().id());
            assertThat(refusal(() -> shop.enqueue(request("keyed-mail").payload(Map.of()))))
                    .isEqualTo(ErrorCode.UNAUTHENTICATED);
        }
    }

    @Test
    void the_audit_log_is_read_page_by_page_and_by_every_filter() {
        Instant before = Instant.now().minusSeconds(60);
        millrace.enqueue(request("audited"));
        QueueHandle queue = millrace.queue("audited");
        queue.change(QueueSettings.unchanged().backlogLimit(77));
        queue.pause();
        queue.resume();
        AuditFilter filter = AuditFilter.all().target("audited");

        assertThat(millrace.audit().entries(filter).map(AuditView::action))
                .containsExactly("queue.resume", "queue.pause", "queue.settings");
        AuditPage first = millrace.audit().page(filter.limit(2));
        AuditPage second =
                millrace.audit().page(filter.limit(2).after(first.nextCursor().orElseThrow()));
        assertThat(first.entries()).hasSize(2);
        assertThat(second.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.after()).containsEntry("backlog_limit", 77);
            assertThat(entry.before()).doesNotContainKey("backlog_limit");
            assertThat(entry.owner()).isEqualTo("tests");
            assertThat(entry.queue()).isEqualTo("audited");
        });
        assertThat(second.nextCursor()).isEmpty();
        AuditFilter pauses = filter.action("queue.pause").from(before);
        assertThat(millrace.audit().entries(pauses)).hasSize(1);
        assertThat(millrace.audit().entries(pauses.before(before.plusSeconds(1))))
                .isEmpty();
        assertThat(refusal(() -> millrace.audit().page(AuditFilter.all().action("queue.paint"))))
                .isEqualTo(ErrorCode.INVALID_FIELD);
    }

    @Test
    void many_dead_jobs_are_grouped_redriven_and_discarded_and_a_queue_is_purged() {
        for (int i = 0; i < 3; i++) {
            millrace.enqueue(request("many"));
            worker.finish(worker.claim("many"), new Verdict.Died(FailureReason.PERMANENT, "no mailbox " + i));
        }
        JobFilter many = JobFilter.all().queue("many");
        DeadLettersView dead = millrace.deadLetters().groups(many.state(JobState.DEAD));
        assertThat(dead.complete()).isTrue();
        DeadLettersView.Group group = dead.groups().getFirst();
        assertThat(group.jobs()).isEqualTo(3);
        assertThat(group.queues()).containsExactly("many");

        OperationView redrive = millrace.deadLetters()
                .redrive(BulkChange.of(many).fingerprint(group.fingerprint()).rate(1_000));
        assertThat(redrive.filter().fingerprint()).isEqualTo(group.fingerprint());
        assertThat(redrive.rate()).isEqualTo(1_000);
        assertThat(ended(redrive).changed()).isEqualTo(3);
        assertThat(refusal(() -> millrace.operations().abort(redrive.id()))).isEqualTo(ErrorCode.STATE_CONFLICT);
        assertThat(millrace.operations().list()).extracting(OperationView::id).contains(redrive.id());

        OperationView purge = millrace.queue("many").purge(BulkChange.of(JobFilter.all()));
        assertThat(ended(purge).changed()).isEqualTo(3);
        assertThat(millrace.jobs(many.state(JobState.CANCELLED))).hasSize(3);

        millrace.enqueue(request("many"));
        worker.finish(worker.claim("many"), new Verdict.Died(FailureReason.PERMANENT, "no mailbox"));
        assertThat(ended(millrace.deadLetters().discard(BulkChange.of(many))).changed())
                .isEqualTo(1);
        assertThat(millrace.jobs(many.state(JobState.DEAD))).isEmpty();
    }

    private static OperationView ended(OperationView begun) {
        return await().atMost(PATIENCE)
                .until(
                        () -> millrace.operations().view(begun.id()),
                        now -> now.state().equals("done"));
    }

    private static JobRequest request(String queue) {
        return Job.of("diagnostic.noop").queue(queue);
    }

    private static ErrorCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(RejectedException.class, call).errorCode().orElseThrow();
    }
}
