package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.dropped;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.client.ScriptedServer.Seen;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OperateTest extends ServedTest {

    @Test
    void cancel_and_redrive_return_the_job_as_it_is_then() {
        server.then(json(200, job("cancelled"))).then(json(200, job("ready")));

        assertThat(millrace.job(ID).cancel().state()).isEqualTo("cancelled");
        assertThat(millrace.job(ID).redrive().state()).isEqualTo("ready");
        assertThat(server.seen())
                .extracting(Seen::method, Seen::path)
                .containsExactly(
                        tuple("POST", "/v1/jobs/" + ID + "/cancel"), tuple("POST", "/v1/jobs/" + ID + "/redrive"));
    }

    @Test
    void a_worker_is_looked_at_and_steered_by_its_id() {
        String worker = "{\"id\":\"host 1\",\"state\":\"active\",\"asked\":\"quiet\",\"jobs\":[{\"id\":\"" + ID
                + "\",\"type\":\"t\",\"queue\":\"q\",\"attempt\":1,\"since\":\"2026-01-31T08:00:00Z\"}]}";
        server.then(dropped()).otherwise(json(202, worker));
        WorkerHandle handle = millrace.worker("host 1");

        assertThat(handle.quiet().asked()).isEqualTo("quiet");
        handle.resume();
        handle.stop();
        assertThat(handle.view().jobs()).extracting(job -> job.id()).containsExactly(ID);
        assertThat(server.seen())
                .extracting(Seen::method, Seen::path)
                .contains(
                        tuple("POST", "/v1/workers/host%201/quiet"),
                        tuple("POST", "/v1/workers/host%201/resume"),
                        tuple("POST", "/v1/workers/host%201/stop"),
                        tuple("GET", "/v1/workers/host%201"));
    }

    @Test
    void what_a_handler_logged_is_read_with_the_progress_of_its_job() {
        server.then(
                        json(
                                200,
                                "{\"lines\":[{\"at\":\"2026-01-31T08:00:00Z\",\"attempt\":1,\"text\":\"page 4\"}],\"dropped\":3}"))
                .then(json(
                        200,
                        job("running")
                                .replaceFirst(
                                        "}$", ",\"progress\":{\"fraction\":0.4,\"at\":\"2026-01-31T08:00:00Z\"}}")));

        JobLogView log = millrace.job(ID).logs();
        assertThat(log.lines()).extracting(JobLogView.Line::text).containsExactly("page 4");
        assertThat(log.dropped()).isEqualTo(3);
        assertThat(millrace.job(ID).view().progress())
                .isEqualTo(new JobView.ProgressView(0.4, null, Instant.parse("2026-01-31T08:00:00Z")));
        assertThat(server.seen().get(0).path()).isEqualTo("/v1/jobs/" + ID + "/logs");
        assertThatThrownBy(() -> millrace.job(ID).logsAsync(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_state_that_does_not_allow_it_is_a_refusal() {
        server.then(problem(409, "state_conflict"));

        assertThatThrownBy(() -> millrace.job(ID).redrive())
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("Look at the job's state first");
    }

    @Test
    void a_redrive_whose_answer_was_lost_is_not_repeated_since_it_might_run_the_job_twice() {
        server.then(dropped()).then(json(200, job("ready")));

        assertThatThrownBy(() -> millrace.job(ID).redrive())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("look at the job before doing it again");
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_redrive_that_was_turned_away_is_repeated() {
        server.then(problem(429, "too_many_requests")).then(json(200, job("ready")));

        assertThat(millrace.job(ID).redrive().state()).isEqualTo("ready");
    }

    @Test
    void a_view_is_read_again_when_its_answer_was_lost() {
        server.then(dropped()).then(dropped()).then(json(200, job("running")));

        assertThat(millrace.job(ID).view().state()).isEqualTo("running");
    }

    @Test
    void an_artifact_is_streamed_while_it_arrives() throws IOException {
        server.then(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("first".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            // The rest never comes: what was sent must be readable all the same.
            server.silence().to(exchange);
        });

        try (InputStream artifact = millrace.job(ID).artifact("a report.pdf")) {
            assertThat(new String(artifact.readNBytes(5), StandardCharsets.UTF_8))
                    .isEqualTo("first");
        }
        assertThat(server.seen().get(0).path()).isEqualTo("/v1/jobs/" + ID + "/artifacts/a%20report.pdf");
    }

    @Test
    void an_artifact_that_is_not_there_is_a_refusal() {
        server.then(problem(404, "not_found"));

        assertThatThrownBy(() -> millrace.job(ID).artifact("x")).isInstanceOf(RejectedException.class);
    }

    @Test
    void an_artifact_name_cannot_lead_to_another_path() {
        server.then(problem(404, "not_found"));

        assertThatThrownBy(() -> millrace.job(ID).artifact("..")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> millrace.job(ID).artifact("../cancel")).isInstanceOf(RejectedException.class);
        assertThat(server.seen().get(0).path()).endsWith("/artifacts/..%2Fcancel");
    }

    @Test
    void queues_are_listed_with_their_numbers() {
        server.then(json(
                200,
                "{\"queues\":[{\"name\":\"email\",\"ready\":3,\"oldest_ready_age_seconds\":1.5,\"paused\":true,"
                        + "\"later\":1}]}"));

        assertThat(millrace.queues()).singleElement().satisfies(queue -> {
            assertThat(queue.name()).isEqualTo("email");
            assertThat(queue.ready()).isEqualTo(3);
            assertThat(queue.oldestReadyAgeSeconds()).isEqualTo(1.5);
            assertThat(queue.paused()).isTrue();
        });
    }

    @Test
    void a_queue_is_looked_at_paused_and_resumed_by_its_name() {
        String paused = "{\"name\":\"email\",\"paused\":true,\"idempotency_life\":\"1d\"}";
        server.then(json(200, paused)).then(json(202, paused)).then(json(200, paused.replace("true", "false")));
        QueueHandle queue = millrace.queue("email");

        assertThat(queue.view().paused()).isTrue();
        assertThat(queue.pause().paused()).isTrue();
        assertThat(queue.resume().paused()).isFalse();
        assertThat(server.seen())
                .extracting(Seen::method, Seen::path)
                .containsExactly(
                        tuple("GET", "/v1/queues/email"),
                        tuple("POST", "/v1/queues/email/pause"),
                        tuple("POST", "/v1/queues/email/resume"));
    }

    @Test
    void a_pause_whose_answer_was_lost_is_repeated_since_twice_is_the_same_as_once() {
        server.then(dropped()).then(json(200, "{\"name\":\"email\",\"paused\":true}"));

        assertThat(millrace.queue("email").pause().paused()).isTrue();
    }

    @Test
    void settings_that_are_not_named_stay_and_null_goes_back_to_the_default() {
        server.otherwise(json(200, "{\"name\":\"email\",\"backlog_limit\":5,\"idempotency_life\":\"7d\"}"));
        QueueHandle queue = millrace.queue("email");

        QueueView changed =
                queue.change(QueueSettings.unchanged().backlogLimit(5).idempotencyLife(Duration.ofDays(7)));
        queue.change(QueueSettings.unchanged().noBacklogLimit());
        queue.change(QueueSettings.unchanged().usualIdempotencyLife());
        queue.change(QueueSettings.unchanged().concurrencyLimit(10).rateLimit(2.5));
        queue.change(QueueSettings.unchanged().noConcurrencyLimit().noRateLimit());

        assertThat(changed.backlogLimit()).isEqualTo(5);
        assertThat(server.seen())
                .extracting(Seen::method, Seen::body)
                .containsExactly(
                        tuple("PATCH", "{\"backlog_limit\":5,\"idempotency_life\":\"7d\"}"),
                        tuple("PATCH", "{\"backlog_limit\":null}"),
                        tuple("PATCH", "{\"idempotency_life\":null}"),
                        tuple("PATCH", "{\"concurrency_limit\":10,\"rate_limit\":2.5}"),
                        tuple("PATCH", "{\"concurrency_limit\":null,\"rate_limit\":null}"));
    }

    @Test
    void names_and_settings_that_cannot_be_are_told_before_anything_is_sent() {
        assertThatThrownBy(() -> millrace.queue("../jobs")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QueueSettings.unchanged().concurrencyLimit(0))
                .isInstanceOf(IllegalArgumentException.class);
        for (double rate : new double[] {0, 0.0001, 1_000_001, Double.NaN}) {
            assertThatThrownBy(() -> QueueSettings.unchanged().rateLimit(rate))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> QueueSettings.unchanged().backlogLimit(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QueueSettings.unchanged().idempotencyLife(Duration.ofSeconds(59)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void workers_are_listed_with_their_slots() {
        server.then(json(
                200,
                "{\"workers\":[{\"id\":\"w\",\"host\":\"h\",\"pid\":7,\"started_at\":\"2026-01-01T00:00:00Z\","
                        + "\"seen_at\":\"2026-01-01T00:00:01Z\",\"queues\":[{\"queue\":\"email\",\"concurrency\":4}],"
                        + "\"types\":[\"email.send\"],\"running\":1,\"stopping\":false}]}"));

        assertThat(millrace.workers()).singleElement().satisfies(worker -> {
            assertThat(worker.pid()).isEqualTo(7);
            assertThat(worker.queues()).containsExactly(new WorkerView.Slots("email", 4));
        });
    }

    @Test
    void many_jobs_are_changed_by_what_the_filter_says_and_never_twice() {
        server.then(dropped()).otherwise(json(202, "{\"id\":\"" + ID + "\",\"state\":\"running\"}"));
        JobFilter filter = JobFilter.all().queue("email").state(JobState.DEAD).error("no mailbox");
        DeadLettersHandle dead = millrace.deadLetters();

        assertThatThrownBy(() -> dead.discard(BulkChange.of(filter)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("look at the operations before doing it again");
        dead.redrive(BulkChange.of(filter).rate(5));
        dead.discard(BulkChange.of(JobFilter.all()));
        dead.discard(BulkChange.of(JobFilter.all()).fingerprint("0123456789abcdef"));
        millrace.queue("email").purge(BulkChange.of(JobFilter.all().tag("t")).rate(7));
        millrace.queue("email").purge(BulkChange.of(JobFilter.all()));

        assertThat(server.seen())
                .extracting(seen -> seen.path() + "?" + seen.query())
                .containsExactly(
                        "/v1/dead-letters/discard?error=no+mailbox&queue=email",
                        "/v1/dead-letters/redrive?error=no+mailbox&queue=email&rate=5",
                        "/v1/dead-letters/discard?all=true",
                        "/v1/dead-letters/discard?fingerprint=0123456789abcdef",
                        "/v1/queues/email/purge?rate=7&tag=t",
                        "/v1/queues/email/purge?");
    }

    @Test
    void what_a_change_of_many_jobs_cannot_go_by_is_told_before_anything_is_sent() {
        JobFilter all = JobFilter.all();
        for (JobFilter wrong : List.of(all.limit(5), all.after("c"), all.uniqueKey("k"), all.state(JobState.READY))) {
            assertThatThrownBy(() -> BulkChange.of(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> millrace.queue("q").purge(BulkChange.of(all.queue("other"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BulkChange.of(all).rate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BulkChange.of(all).fingerprint("x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> millrace.operations().view("../jobs")).isInstanceOf(IllegalArgumentException.class);
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void keys_are_made_listed_and_revoked() {
        String fields = "\"id\":\"4f1c02b7a9de\",\"owner\":\"shop\",\"scopes\":[\"produce\"],\"queues\":[\"shop-*\"],"
                + "\"state\":\"active\",\"created_at\":\"2026-01-01T00:00:00Z\",\"created_by\":\"settings\"}";
        server.then(json(201, "{\"key\":\"mr_secret\"," + fields))
                .then(json(200, "{\"keys\":[{" + fields + "]}"))
                .then(dropped())
                .then(json(204, ""));

        CreatedKey made = millrace.keys()
                .create(KeyRequest.scopes("produce")
                        .queues("shop-*")
                        .owner("shop")
                        .expiresIn(Duration.ofDays(90)));
        assertThat(made.key()).isEqualTo("mr_secret");
        assertThat(made.toString()).doesNotContain("mr_secret").contains("4f1c02b7a9de");
        assertThat(millrace.keys().list()).containsExactly(made.view());
        millrace.keys().revoke(made.view().id());

        assertThat(server.seen())
                .extracting(Seen::method, Seen::path)
                .containsExactly(
                        tuple("POST", "/v1/keys"),
                        tuple("GET", "/v1/keys"),
                        tuple("DELETE", "/v1/keys/4f1c02b7a9de"),
                        tuple("DELETE", "/v1/keys/4f1c02b7a9de"));
        assertThat(server.seen().get(0).body())
                .isEqualTo(
                        "{\"expires_in\":\"90d\",\"owner\":\"shop\",\"queues\":[\"shop-*\"],\"scopes\":[\"produce\"]}");
        assertThatThrownBy(() -> millrace.keys().revoke("../jobs")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_text_that_is_no_id_is_told_before_anything_is_sent() {
        assertThatThrownBy(() -> millrace.job("7/../8")).isInstanceOf(IllegalArgumentException.class);
    }
}
