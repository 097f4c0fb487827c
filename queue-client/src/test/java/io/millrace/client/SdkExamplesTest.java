package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.accepted;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.JobView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
