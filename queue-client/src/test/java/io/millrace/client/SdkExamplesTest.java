package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.accepted;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.testing.FakeJob;
import io.millrace.client.testing.FakeMillrace;
import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.OperationView;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code that docs/sdk-java.md shows, run; {@link SdkPageTest} compares the two. */
final class SdkExamplesTest {

    record Mail(List<String> to, String subject, String text) {}

    private static final Mail mail = new Mail(List.of("ada@example.com"), "Hello", "Your report is ready.");

    private final ScriptedServer server = started();
    private final Millrace millrace = Millrace.connect(server.url(), "key");

    @BeforeEach
    void answer() {
        server.then(accepted()).otherwise(json(200, job("succeeded")));
    }

    @AfterEach
    void close() {
        millrace.close();
        server.close();
    }

    @Test
    void submit_and_wait() {
        String url = server.url();
        String key = "key";

        try (var millrace = Millrace.connect(url, key)) {
            JobHandle job = millrace.enqueue("email.send", mail);
            JobView done = job.await(Duration.ofSeconds(30));
            assertThat(done.state()).isEqualTo("succeeded");
        }
    }

    @Test
    void submit_with_options() {
        JobHandle job = millrace.enqueue(Job.of("email.send")
                .payload(mail)
                .queue("newsletters")
                .delay(Duration.ofMinutes(5))
                .expiresIn(Duration.ofHours(1))
                .retainResultFor(Duration.ofDays(2))
                .priority(3)
                .retry(Retry.attempts(5).initialDelay(Duration.ofSeconds(10)))
                .timeout(Duration.ofSeconds(30))
                .tag("customer-4711")
                .idempotencyKey("invoice-4711-reminder"));

        assertThat(job.id()).hasToString(ID);
        assertThat(server.seen().get(0).header("Idempotency-key")).contains("\"invoice-4711-reminder\"");
    }

    @Test
    void submit_json_that_is_there_already() {
        millrace.enqueue(
                "email.send", RawJson.of("{\"to\":[\"ada@example.com\"],\"subject\":\"Hello\",\"text\":\"Hi\"}"));

        assertThat(server.seen().get(0).body()).contains("\"payload\":{\"to\":[\"ada@example.com\"]");
    }

    @Test
    void submit_without_waiting() {
        CompletableFuture<JobView> done = millrace.enqueueAsync("email.send", mail)
                .thenCompose(job -> job.awaitSuccessAsync(Duration.ofSeconds(30)));

        assertThat(done.join().state()).isEqualTo("succeeded");
    }

    @Test
    void submit_safely_by_hand() {
        JobRequest request = Job.of("email.send").payload(mail).idempotencyKey("invoice-4711-reminder");
        try {
            millrace.enqueue(request);
        } catch (RejectedException e) {
            throw new IllegalStateException("not accepted: " + e.errors(), e);
        } catch (UnavailableException e) {
            millrace.enqueue(request); // later; the same key, so never a second job
        }

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void submit_many() throws IOException {
        try (var bulkServer = new ScriptedServer();
                var millrace = Millrace.connect(bulkServer.url(), "key")) {
            bulkServer.then(json(200, "{\"results\":[{\"status\":202,\"job\":" + job("ready") + "}]}"));
            List<JobRequest> requests = List.of(Job.of("email.send").payload(mail));

            BulkResult result = millrace.enqueueAll(requests);
            for (Submission.Rejected rejected : result.rejected()) {
                System.err.println(rejected.problem().detail());
            }
            List<JobRequest> again = result.unanswered(); // to be passed to enqueueAll later, with their keys

            assertThat(again).isEmpty();
            assertThat(result.accepted()).hasSize(1);
        }
    }

    @Test
    void submit_many_together() throws IOException {
        try (var bulkServer = new ScriptedServer();
                var millrace = Millrace.connect(bulkServer.url(), "key")) {
            bulkServer.then(json(200, "{\"results\":[{\"status\":202,\"job\":" + job("ready") + "}]}"));
            List<JobRequest> requests = List.of(Job.of("email.send").payload(mail));

            List<JobHandle> jobs = millrace.enqueueAtomically(requests);

            assertThat(jobs).hasSize(1);
        }
    }

    @Test
    void keep_work_from_waiting_twice() {
        try (var fake = new FakeMillrace()) {
            Millrace millrace = fake.client();
            millrace.enqueue(Job.of("crm.sync").uniqueKey("sync-17"));

            JobRequest sync = Job.of("crm.sync").payload(Map.of("customer", 17)).uniqueKey("sync-17");
            try {
                millrace.enqueue(sync);
            } catch (UniqueConflictException e) {
                System.out.println("waits or runs already: " + e.existing().orElseThrow());
            }
            JobHandle either = millrace.enqueue(sync.uniqueKey("sync-17", OnConflict.RETURN));
            boolean isMine = either.outcome().equals(Optional.of(SubmitOutcome.MADE));

            assertThat(isMine).isFalse();
            assertThat(fake.enqueued()).hasSize(1);
        }
    }

    @Test
    void get_a_file() throws IOException {
        server.then(json(200, "%PDF"));
        JobHandle job = millrace.enqueue("report.render", Map.of("title", "Sales"));
        var out = new ByteArrayOutputStream();

        download(job, out);

        assertThat(out).hasToString("%PDF");
    }

    private static void download(JobHandle job, OutputStream out) throws IOException {
        try (InputStream pdf = job.artifact("report.pdf")) {
            pdf.transferTo(out);
        }
    }

    @Test
    void bring_a_dead_job_back() throws IOException {
        try (var failing = new ScriptedServer();
                var millrace = Millrace.connect(failing.url(), "key")) {
            failing.then(json(200, job("dead"))).then(json(200, job("ready"))).then(problem(409, "state_conflict"));

            JobHandle job = millrace.job("01890a5d-ac96-774b-bcce-b302099a8057");
            try {
                job.awaitSuccess(Duration.ofSeconds(30));
            } catch (JobFailedException e) {
                job.redrive();
            }

            assertThat(failing.seen().get(1).path()).endsWith("/redrive");
        }
    }

    @Test
    void find_jobs() {
        try (var fake = new FakeMillrace()) {
            Millrace millrace = fake.client();
            IntStream.range(0, 60)
                    .forEach(i -> fake.fail(millrace.enqueue("email.send", mail).id(), "no such mailbox"));

            JobFilter dead = JobFilter.all()
                    .queue("email")
                    .state(JobState.DEAD)
                    .error("mailbox")
                    .limit(500);
            millrace.jobs(dead).forEach(job -> System.out.println(job.id() + " " + job.error()));

            assertThat(millrace.jobs(dead)).hasSize(60);
        }
    }

    @Test
    void find_jobs_page_by_page() throws IOException {
        try (var paged = new ScriptedServer();
                var millrace = Millrace.connect(paged.url(), "key")) {
            paged.then(json(200, "{\"jobs\":[" + job("dead") + "],\"next_cursor\":\"c\"}"))
                    .then(json(200, "{\"jobs\":[]}"));
            JobFilter dead = JobFilter.all();

            CompletableFuture<JobPage> second = millrace.pageAsync(dead)
                    .thenCompose(first ->
                            millrace.pageAsync(dead.after(first.nextCursor().orElseThrow())));

            assertThat(second.join().jobs()).isEmpty();
        }
    }

    @Test
    void change_a_job() {
        try (var fake = new FakeMillrace()) {
            JobHandle job = fake.client().enqueue("email.send", mail);

            JobSnapshot seen = job.snapshot();
            try {
                job.edit(JobEdit.unchanged().priority(9).delay(Duration.ZERO), seen);
            } catch (RejectedException e) {
                if (e.errorCode().equals(Optional.of(ErrorCode.CHANGED_MEANWHILE))) {
                    seen = job.snapshot(); // somebody came between: look again, then decide
                }
            }

            assertThat(job.changedSince(seen))
                    .hasValueSatisfying(now -> assertThat(now.job().priority()).isEqualTo(9));
        }
    }

    @Test
    void see_how_far_a_job_is() throws IOException {
        try (var running = new ScriptedServer();
                var millrace = Millrace.connect(running.url(), "key")) {
            String at = "\"at\":\"2026-01-31T08:00:00Z\"";
            running.then(json(200, job("running").replaceFirst("}$", ",\"progress\":{\"fraction\":0.4," + at + "}}")))
                    .then(json(200, "{\"lines\":[{" + at + ",\"attempt\":1,\"text\":\"page 4\"}],\"dropped\":0}"));
            JobId id = JobId.parse(ID).orElseThrow();

            JobHandle job = millrace.job(id);
            JobView.ProgressView progress = job.view().progress(); // null while the handler says nothing
            for (JobLogView.Line line : job.logs().lines()) {
                System.out.println(line.at() + " " + line.text());
            }

            assertThat(progress).hasFieldOrPropertyWithValue("fraction", 0.4);
        }
    }

    @Test
    void steer_a_worker() throws IOException {
        try (var steered = new ScriptedServer();
                var millrace = Millrace.connect(steered.url(), "key")) {
            String old = "{\"id\":\"w-1\",\"host\":\"old-machine\",\"state\":\"active\"}";
            steered.then(json(200, "{\"workers\":[" + old + "]}")).then(json(202, old));

            for (WorkerView worker : millrace.workers()) {
                if (worker.host().equals("old-machine")) {
                    millrace.worker(worker.id()).stop();
                }
            }

            assertThat(steered.seen().get(1).path()).isEqualTo("/v1/workers/w-1/stop");
        }
    }

    @Test
    void steer_a_queue() throws IOException {
        try (var steered = new ScriptedServer();
                var millrace = Millrace.connect(steered.url(), "key")) {
            steered.otherwise(json(200, "{\"name\":\"email\",\"ready\":3,\"oldest_ready_age_seconds\":1.5}"));

            QueueHandle queue = millrace.queue("email");
            queue.pause();
            queue.change(QueueSettings.unchanged().backlogLimit(100_000).idempotencyLife(Duration.ofDays(7)));
            queue.change(QueueSettings.unchanged().concurrencyLimit(10).rateLimit(2.5));
            QueueView now = queue.resume();
            System.out.println(now.ready() + " wait, the oldest for " + now.oldestReadyAgeSeconds() + " s");

            assertThat(steered.seen()).hasSize(4);
        }
    }

    @Test
    void deal_with_many_dead_jobs() throws IOException {
        try (var operated = new ScriptedServer();
                var millrace = Millrace.connect(operated.url(), "key")) {
            operated.then(json(
                            200,
                            "{\"groups\":[{\"fingerprint\":\"00112233aabbccdd\",\"reason\":\"error\",\"jobs\":7}]}"))
                    .then(json(202, "{\"id\":\"" + ID + "\",\"state\":\"running\"}"))
                    .then(json(200, "{\"id\":\"" + ID + "\",\"state\":\"done\",\"changed\":7}"));

            JobFilter email = JobFilter.all().queue("email");
            DeadLettersView dead = millrace.deadLetters().groups(email);
            for (DeadLettersView.Group group : dead.groups()) {
                if (group.reason().equals("error")) {
                    BulkChange jobs = BulkChange.of(email).fingerprint(group.fingerprint());
                    OperationView begun = millrace.deadLetters().redrive(jobs.rate(50));
                    System.out.println(millrace.operations().view(begun.id()).changed());
                }
            }

            assertThat(operated.seen().get(1).query()).isEqualTo("fingerprint=00112233aabbccdd&queue=email&rate=50");
        }
    }

    @Test
    void see_who_did_what() throws IOException {
        try (var audited = new ScriptedServer();
                var millrace = Millrace.connect(audited.url(), "key")) {
            audited.then(json(200, "{\"entries\":[]}"));

            AuditFilter pauses = AuditFilter.all().action("queue.pause").target("email");
            millrace.audit().entries(pauses).forEach(act -> System.out.println(act.at() + " " + act.owner()));

            assertThat(audited.seen().get(0).path()).isEqualTo("/v1/audit");
        }
    }

    /** What a reader of the page tests. */
    private static final class Shop {
        private final Millrace millrace;

        Shop(Millrace millrace) {
            this.millrace = millrace;
        }

        void order(String number) {
            millrace.enqueue(Job.of("email.send").payload(mail).tag(number).idempotencyKey("order-" + number));
        }

        boolean isConfirmed(String number) {
            return millrace.jobs(JobFilter.all().tag(number).state(JobState.SUCCEEDED))
                    .findFirst()
                    .isPresent();
        }
    }

    @Test
    void test_your_producer() {
        try (var fake = new FakeMillrace()) {
            var shop = new Shop(fake.client());
            shop.order("4711");

            FakeJob job = fake.enqueued("email.send").get(0);
            assertThat(job.payload(Mail.class).to()).containsExactly("ada@example.com");
            fake.fail(job.id(), "no such mailbox");
            assertThat(shop.isConfirmed("4711")).isFalse();
        }
    }

    @Test
    void test_your_producer_when_things_go_wrong() {
        try (var fake = new FakeMillrace()) {
            var shop = new Shop(fake.client());

            fake.loseNextAnswer();
            assertThatThrownBy(() -> shop.order("4712")).isInstanceOf(UnavailableException.class);
            shop.order("4712");
            assertThat(fake.enqueued()).hasSize(1);
        }
    }

    @Test
    void settings() {
        String url = server.url();
        String key = "key";

        var config = MillraceClientConfig.of(url, key)
                .withRequestTimeout(Duration.ofSeconds(5))
                .withTotalDeadline(Duration.ofMinutes(1));

        try (var millrace = Millrace.connect(config)) {
            assertThat(millrace.enqueue("email.send", mail).replayed()).isFalse();
        }
    }

    private static ScriptedServer started() {
        try {
            return new ScriptedServer();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
