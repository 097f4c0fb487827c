package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.accepted;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.examples.SdkExamples;
import io.millrace.client.testing.FakeJob;
import io.millrace.client.testing.FakeMillrace;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of docs/sdk-java.md, run against scripted answers, and those that are about {@link FakeMillrace}. */
final class SdkExamplesTest {

    record Mail(List<String> to, String subject, String text) {}

    private static final Mail mail = new Mail(List.of("ada@example.com"), "Hello", "Your report is ready.");
    private static final String KEY = "key";

    private final ScriptedServer server = started();
    private final Millrace millrace = Millrace.connect(server.url(), KEY);
    private final SdkExamples examples = new SdkExamples(millrace);

    @AfterEach
    void close() {
        millrace.close();
        server.close();
    }

    private void acceptsAndSucceeds() {
        server.then(accepted()).otherwise(json(200, job("succeeded")));
    }

    @Test
    void submit_and_wait() {
        acceptsAndSucceeds();

        assertThat(SdkExamples.submitAndWait(server.url(), KEY).state()).isEqualTo("succeeded");
    }

    @Test
    void submit_with_options() {
        acceptsAndSucceeds();

        assertThat(examples.submitWithOptions().id()).hasToString(ID);
        assertThat(server.seen().get(0).header("Idempotency-key")).contains("\"newsletter-12-customer-4711\"");
    }

    @Test
    void submit_json_that_is_there_already() {
        acceptsAndSucceeds();
        examples.submitJson();

        assertThat(server.seen().get(0).body()).contains("\"payload\":{\"to\":[\"ada@example.com\"]");
    }

    @Test
    void submit_without_waiting() {
        acceptsAndSucceeds();

        assertThat(examples.submitWithoutWaiting().join().state()).isEqualTo("succeeded");
    }

    @Test
    void submit_safely_by_hand() {
        acceptsAndSucceeds();
        examples.submitSafelyByHand();

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void submit_many() {
        server.then(json(200, "{\"results\":[{\"status\":202,\"job\":" + job("ready") + "}]}"));

        assertThat(examples.submitMany(1).accepted()).hasSize(1);
    }

    @Test
    void submit_many_together() {
        server.then(json(200, "{\"results\":[{\"status\":202,\"job\":" + job("ready") + "}]}"));

        assertThat(examples.submitManyTogether(1)).hasSize(1);
    }

    @Test
    void keep_work_from_waiting_twice() {
        try (var fake = new FakeMillrace()) {
            fake.client().enqueue(Job.of("crm.sync").uniqueKey("sync-17"));

            assertThat(new SdkExamples(fake.client()).keepWorkFromWaitingTwice())
                    .isFalse();
            assertThat(fake.enqueued()).hasSize(1);
        }
    }

    @Test
    void get_a_file() throws IOException {
        server.then(accepted()).then(json(200, "%PDF"));
        JobHandle job = millrace.enqueue("report.render", Map.of("title", "Sales"));
        var out = new ByteArrayOutputStream();

        SdkExamples.download(job, out);

        assertThat(out).hasToString("%PDF");
    }

    @Test
    void bring_a_dead_job_back() {
        server.then(json(200, job("dead"))).then(json(200, job("ready"))).then(problem(409, "state_conflict"));

        examples.bringADeadJobBack(id());

        assertThat(server.seen().get(1).path()).endsWith("/redrive");
    }

    @Test
    void find_jobs() {
        try (var fake = new FakeMillrace()) {
            Millrace millrace = fake.client();
            IntStream.range(0, 60)
                    .forEach(i -> fake.fail(millrace.enqueue("email.send", mail).id(), "no such mailbox"));

            assertThat(new SdkExamples(millrace).findJobs()).hasSize(60);
        }
    }

    @Test
    void find_jobs_page_by_page() {
        server.then(json(200, "{\"jobs\":[" + job("dead") + "],\"next_cursor\":\"c\"}"))
                .then(json(200, "{\"jobs\":[]}"));

        assertThat(examples.findJobsPageByPage(JobFilter.all()).jobs()).isEmpty();
    }

    @Test
    void change_a_job() {
        try (var fake = new FakeMillrace()) {
            JobHandle job = fake.client().enqueue("email.send", mail);

            JobSnapshot seen = SdkExamples.changeAJob(job);

            assertThat(job.changedSince(seen))
                    .hasValueSatisfying(now -> assertThat(now.job().priority()).isEqualTo(9));
        }
    }

    @Test
    void see_how_far_a_job_is() {
        String at = "\"at\":\"2026-01-31T08:00:00Z\"";
        server.then(json(200, job("running").replaceFirst("}$", ",\"progress\":{\"fraction\":0.4," + at + "}}")))
                .then(json(200, "{\"lines\":[{" + at + ",\"attempt\":1,\"text\":\"page 4\"}],\"dropped\":0}"));

        assertThat(examples.seeHowFarAJobIs(id())).hasFieldOrPropertyWithValue("fraction", 0.4);
    }

    @Test
    void steer_a_worker() {
        String old = "{\"id\":\"w-1\",\"host\":\"old-machine\",\"state\":\"active\"}";
        server.then(json(200, "{\"workers\":[" + old + "]}")).then(json(202, old));

        examples.steerAWorker();

        assertThat(server.seen().get(1).path()).isEqualTo("/v1/workers/w-1/stop");
    }

    @Test
    void steer_a_queue() {
        server.otherwise(json(200, "{\"name\":\"email\",\"ready\":3,\"oldest_ready_age_seconds\":1.5}"));

        assertThat(examples.steerAQueue().ready()).isEqualTo(3);
        assertThat(server.seen()).hasSize(4);
    }

    @Test
    void deal_with_many_dead_jobs() {
        server.then(json(200, "{\"groups\":[{\"fingerprint\":\"00112233aabbccdd\",\"reason\":\"error\",\"jobs\":7}]}"))
                .then(json(202, "{\"id\":\"" + ID + "\",\"state\":\"running\"}"))
                .then(json(200, "{\"id\":\"" + ID + "\",\"state\":\"done\",\"changed\":7}"));

        examples.dealWithManyDeadJobs();

        assertThat(server.seen().get(1).query()).isEqualTo("fingerprint=00112233aabbccdd&queue=email&rate=50");
    }

    @Test
    void see_who_did_what() {
        server.then(json(200, "{\"entries\":[]}"));

        examples.seeWhoDidWhat();

        assertThat(server.seen().get(0).path()).isEqualTo("/v1/audit");
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
        acceptsAndSucceeds();

        assertThat(SdkExamples.settings(server.url(), KEY).replayed()).isFalse();
    }

    private static JobId id() {
        return JobId.parse(ID).orElseThrow();
    }

    private static ScriptedServer started() {
        try {
            return new ScriptedServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
