package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.AuditFilter;
import io.millrace.client.Job;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.JobSnapshot;
import io.millrace.client.Millrace;
import io.millrace.client.QueueSettings;
import io.millrace.client.UnavailableException;
import io.millrace.client.examples.SdkExamples;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.redis.JobNotes.Note;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import io.millrace.testkit.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every line that docs/sdk-java.md shows of a service, against the service itself on real stores. */
class SdkExamplesOnServiceTest extends ServiceCase {

    private static final Duration PATIENCE = Patience.LONGEST;
    private static final Instant AT = Instant.parse("2026-01-31T08:00:00.007Z");
    private static final Map<String, Object> MAIL =
            Map.of("to", List.of("ada@example.com"), "subject", "Hello", "text", "Your report is ready.");

    private String url = "";
    private Millrace millrace = Millrace.connect("http://none.invalid", "none");
    private SdkExamples examples = new SdkExamples(millrace);

    @BeforeAll
    void connect() {
        millrace.close();
        url = "http://127.0.0.1:" + api.server.port();
        millrace = Millrace.connect(url, stack.key("admin"));
        examples = new SdkExamples(millrace);
    }

    @AfterAll
    void disconnect() {
        millrace.close();
    }

    @Test
    void a_mail_is_submitted_and_its_end_awaited() {
        JobView done = whileServed(() -> SdkExamples.submitAndWait(url, stack.key("admin")));

        assertThat(done.state()).isEqualTo("succeeded");
        assertThat(done.type()).isEqualTo("email.send");
    }

    @Test
    void a_submit_may_say_when_where_and_how_often() {
        JobView job = examples.submitWithOptions().view();

        assertThat(job.queue()).isEqualTo("newsletters");
        assertThat(job.state()).isEqualTo("scheduled");
        assertThat(job.priority()).isEqualTo(3);
        assertThat(job.maxAttempts()).isEqualTo(5);
        assertThat(job.tags()).containsExactly("customer-4711");
        assertThat(job.expiresAt()).isNotNull();
        assertThat(examples.submitWithOptions().replayed()).isTrue();
    }

    @Test
    void json_that_is_there_already_is_kept_as_it_is() {
        JobId id = examples.submitJson().id();

        assertThat(new String(claim(id).payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"to\":[\"ada@example.com\"],\"subject\":\"Hello\",\"text\":\"Hi\"}");
    }

    @Test
    void a_success_is_awaited_without_a_thread_that_waits() {
        JobView done = whileServed(() -> examples.submitWithoutWaiting().join());

        assertThat(done.state()).isEqualTo("succeeded");
    }

    @Test
    void a_submit_by_hand_is_made_once_however_often_it_is_repeated() {
        long before = mails();
        examples.submitSafelyByHand();
        examples.submitSafelyByHand();

        assertThat(mails()).isEqualTo(before + 1);
    }

    @Test
    void many_are_submitted_each_for_itself_or_all_together() {
        long before = mails();

        assertThat(examples.submitMany(3).accepted()).hasSize(3);
        assertThat(examples.submitManyTogether(4)).hasSize(4);
        assertThat(mails()).isEqualTo(before + 7);
    }

    @Test
    void work_that_waits_already_is_not_made_again() {
        JobHandle holder = millrace.enqueue(Job.of("crm.sync").uniqueKey("sync-17"));

        assertThat(examples.keepWorkFromWaitingTwice()).isFalse();
        assertThat(millrace.jobs(JobFilter.all().uniqueKey("sync-17")).map(JobView::id))
                .containsExactly(holder.id().toString());
    }

    @Test
    void a_file_is_fetched() throws IOException {
        JobHandle handle = millrace.enqueue(Job.of("own.report").queue("files"));
        ClaimedJob job = worker.claim("files");
        stack.artifacts.save(
                job.entry().id(),
                "report.pdf",
                "application/pdf",
                out -> out.write("%PDF".getBytes(StandardCharsets.UTF_8)));
        worker.succeed(job, "{}");
        var out = new ByteArrayOutputStream();

        SdkExamples.download(handle, out);

        assertThat(out).hasToString("%PDF");
    }

    @Test
    void a_dead_job_is_brought_back() {
        JobHandle job = deadMail("no route");

        examples.bringADeadJobBack(job.id());

        assertThat(job.view().state()).isEqualTo("ready");
    }

    @Test
    void dead_jobs_are_found_by_their_error() {
        JobHandle wanted = deadMail("no such mailbox");
        JobHandle other = deadMail("disk full");

        assertThat(examples.findJobs())
                .extracting(JobView::id)
                .contains(wanted.id().toString())
                .doesNotContain(other.id().toString());
    }

    @Test
    void jobs_are_found_page_by_page() {
        List<String> ids = List.of(paged(), paged(), paged());

        assertThat(examples.findJobsPageByPage(JobFilter.all().queue("paged").limit(2))
                        .jobs())
                .extracting(JobView::id)
                .containsExactly(ids.getFirst());
    }

    private String paged() {
        return millrace.enqueue(Job.of("own.type").queue("paged")).id().toString();
    }

    @Test
    void a_job_is_changed_by_who_has_seen_it_last() {
        JobHandle job = millrace.enqueue(Job.of("own.type").queue("changed").delay(Duration.ofHours(1)));
        // Until a node has seen the new queue's index, it cannot tell whether a worker has the job.
        JobSnapshot seen = await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UnavailableException.class)
                .until(() -> SdkExamples.changeAJob(job), snapshot -> true);

        assertThat(seen.job().priority()).isZero();
        assertThat(job.changedSince(seen)).hasValueSatisfying(now -> {
            assertThat(now.job().priority()).isEqualTo(9);
            assertThat(now.job().state()).isEqualTo("ready");
        });
    }

    @Test
    void it_is_seen_how_far_a_job_is() {
        JobHandle handle = millrace.enqueue(Job.of("own.type").queue("far"));
        ClaimedJob job = worker.claim("far");
        var progress = new JobProgress(0.4, Optional.empty(), AT);
        List<LogLine> lines = List.of(new LogLine(AT, 1, "page 4"));
        assertThat(worker.parts
                        .notes()
                        .keep(List.of(
                                new Note(job.entry().id(), job.entry().fence(), Optional.of(progress), lines, 0))))
                .isTrue();

        assertThat(examples.seeHowFarAJobIs(handle.id())).hasFieldOrPropertyWithValue("fraction", 0.4);
        worker.succeed(job, "{}");
        assertThat(examples.seeHowFarAJobIs(handle.id())).isNull();
    }

    @Test
    void the_workers_of_a_machine_are_stopped_and_no_others() {
        live("w-old", "old-machine");
        live("w-new", "new-machine");

        examples.steerAWorker();

        assertThat(millrace.worker("w-old").view().asked()).isEqualTo("stopping");
        assertThat(millrace.worker("w-new").view().asked()).isNull();
    }

    private void live(String id, String host) {
        var slots = List.of(new WorkerView.Slots("email", 5));
        worker.parts
                .directory()
                .announce(
                        new WorkerView(
                                id,
                                host,
                                42,
                                "1.2.3",
                                AT,
                                AT,
                                "active",
                                null,
                                slots,
                                List.of("email.send"),
                                0,
                                List.of()),
                        List.of());
    }

    @Test
    void a_queue_is_steered_and_who_paused_it_is_in_the_audit_log() {
        examples.submitJson();

        QueueView now = examples.steerAQueue();
        millrace.queue("email")
                .change(QueueSettings.unchanged()
                        .noBacklogLimit()
                        .usualIdempotencyLife()
                        .noConcurrencyLimit()
                        .noRateLimit());

        assertThat(now.paused()).isFalse();
        assertThat(now.backlogLimit()).isEqualTo(100_000);
        assertThat(now.idempotencyLife()).isEqualTo("7d");
        assertThat(now.concurrencyLimit()).isEqualTo(10);
        assertThat(now.rateLimit()).isEqualTo(2.5);
        examples.seeWhoDidWhat();
        assertThat(millrace.audit()
                        .entries(AuditFilter.all().action("queue.pause").target("email")))
                .isNotEmpty();
    }

    @Test
    void a_group_of_dead_jobs_is_run_again() {
        JobHandle one = deadMail("no route to 10.0.0.1");
        JobHandle two = deadMail("no route to 10.0.0.2");

        examples.dealWithManyDeadJobs();

        await().atMost(PATIENCE)
                .until(() ->
                        one.view().state().equals("ready") && two.view().state().equals("ready"));
    }

    @Test
    void a_client_may_have_settings_of_its_own() {
        assertThat(SdkExamples.settings(url, stack.key("admin")).replayed()).isFalse();
    }

    /** What an example comes to while all mails that wait are sent. */
    private <T> T whileServed(Supplier<T> example) {
        CompletableFuture<T> result = CompletableFuture.supplyAsync(example, Thread::startVirtualThread);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
            worker.claimNow("email").forEach(job -> worker.succeed(job, "{}"));
            return result.isDone();
        });
        return result.join();
    }

    /** Waits for one mail, and claims it; those that waited before it are sent. */
    private ClaimedJob claim(JobId id) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> {
                            Optional<ClaimedJob> wanted = Optional.empty();
                            for (ClaimedJob job : worker.claimNow("email")) {
                                if (job.entry().id().equals(id)) {
                                    wanted = Optional.of(job);
                                } else {
                                    worker.succeed(job, "{}");
                                }
                            }
                            return wanted;
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private JobHandle deadMail(String message) {
        JobHandle job = millrace.enqueue("email.send", MAIL);
        worker.finish(claim(job.id()), new Verdict.Died(FailureReason.ERROR, message));
        return job;
    }

    private long mails() {
        return millrace.jobs(JobFilter.all().type("email.send").queue("email")).count();
    }
}
