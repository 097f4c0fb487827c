package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.dropped;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EditTest extends ServedTest {

    @Test
    void an_edit_sends_what_it_says_and_nothing_else() {
        server.otherwise(json(200, job("ready"), "ETag", "\"b2\""));
        JobHandle job = millrace.job(ID);

        job.edit(JobEdit.unchanged().priority(9).delay(Duration.ZERO));
        job.edit(JobEdit.unchanged().payload(Map.of("n", 1)));
        JobSnapshot after = job.edit(JobEdit.unchanged()
                .delay(Duration.ofMinutes(1))
                .runAt(Instant.parse("2026-03-01T00:00:00Z"))
                .payload(RawJson.of("{}")));

        assertThat(server.seen())
                .extracting(ScriptedServer.Seen::body)
                .containsExactly(
                        "{\"priority\":9,\"delay\":\"0s\"}",
                        "{\"payload\":{\"n\":1}}",
                        "{\"run_at\":\"2026-03-01T00:00:00Z\",\"payload\":{}}");
        assertThat(server.seen()).allMatch(seen -> seen.method().equals("PATCH"));
        assertThat(after.etag()).isEqualTo("\"b2\"");
    }

    @Test
    void an_edit_of_what_was_seen_carries_its_tag_and_is_refused_when_the_job_has_changed() {
        server.then(json(200, job("ready"), "ETag", "\"a1\"")).then(problem(412, "changed_meanwhile"));
        JobHandle job = millrace.job(ID);
        JobSnapshot seen = job.snapshot();

        var refused = catchThrowableOfType(
                RejectedException.class, () -> job.edit(JobEdit.unchanged().priority(1), seen));

        assertThat(refused.errorCode()).contains(ErrorCode.CHANGED_MEANWHILE);
        assertThat(refused).hasMessageContaining("Read the job again");
        assertThat(server.seen().get(1).header("If-match")).contains("\"a1\"");
    }

    @Test
    void an_edit_whose_answer_was_lost_is_not_repeated_since_somebody_may_have_come_between() {
        server.then(dropped()).then(json(200, job("ready"), "ETag", "\"a1\""));

        assertThatThrownBy(() -> millrace.job(ID).edit(JobEdit.unchanged().priority(1)))
                .isInstanceOf(UnavailableException.class);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void what_cannot_be_sent_is_told_at_once() {
        JobHandle job = millrace.job(ID);
        var other = new JobSnapshot(
                new Wire(config().payloadMapper())
                        .job(job("01890a5d-ac96-774b-bcce-b302099a8058", "ready")
                                .getBytes(StandardCharsets.UTF_8)),
                "\"a1\"");

        assertThatThrownBy(() -> job.edit(JobEdit.unchanged())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> job.edit(JobEdit.unchanged().priority(1), other))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobEdit.unchanged().priority(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobEdit.unchanged().delay(Duration.ofDays(367)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> job.edit(JobEdit.unchanged().payload("x".repeat(2_000_000))))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("too_large");
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void a_job_that_has_not_changed_is_not_sent_again() {
        server.then(json(200, job("ready"), "ETag", "\"a1\""))
                .then(exchange -> {
                    exchange.getResponseHeaders().set("ETag", "\"a1\"");
                    exchange.sendResponseHeaders(304, -1);
                    exchange.close();
                })
                .then(json(200, job("running"), "ETag", "\"b2\""));
        JobHandle job = millrace.job(ID);
        JobSnapshot seen = job.snapshot();

        assertThat(job.changedSince(seen)).isEmpty();
        assertThat(job.changedSince(seen))
                .hasValueSatisfying(now -> assertThat(now.job().state()).isEqualTo("running"));
        assertThat(server.seen().get(1).header("If-none-match")).contains("\"a1\"");
    }

    @Test
    void a_304_that_nobody_asked_for_is_a_refusal() {
        server.then(exchange -> {
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
        });

        assertThatThrownBy(() -> millrace.job(ID).view()).isInstanceOf(RejectedException.class);
    }

    @Test
    void a_snapshot_without_a_tag_is_not_what_the_service_answers() {
        server.then(json(200, job("ready")));

        assertThatThrownBy(() -> millrace.job(ID).snapshot())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no ETag");
    }

    @Test
    void a_job_that_has_ended_is_removed() {
        server.then(exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                })
                .then(problem(409, "state_conflict"));

        millrace.job(ID).delete();

        assertThatThrownBy(() -> millrace.job(ID).delete()).isInstanceOf(RejectedException.class);
        assertThat(server.seen()).allMatch(seen -> seen.method().equals("DELETE"));
    }
}
