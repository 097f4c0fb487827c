package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.testkit.Patience;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changing and removing jobs. */
class EditTest extends ServiceCase {

    @Test
    void a_waiting_job_runs_with_what_it_was_changed_to() {
        String job = submit("changed", "");
        assertThat(edited(job, "{\"payload\":{\"n\":2},\"priority\":7}").statusCode())
                .isEqualTo(200);
        ClaimedJob claimed = worker.claim("changed");
        assertThat(new String(claimed.row().payload().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("{\"n\":2}");
        assertThat(claimed.entry().priority()).isEqualTo(7);
        worker.succeed(claimed, "{}");
        assertThat(TestApi.json(api.get(job)).get("state").asString()).isEqualTo("succeeded");
    }

    @Test
    void a_delayed_job_can_be_called_up_and_put_off() {
        String job = submit("moved", ",\"delay\":\"1h\"");
        assertThat(TestApi.json(edited(job, "{\"delay\":\"2h\"}")).get("state").asString())
                .isEqualTo("scheduled");
        assertThat(TestApi.json(edited(job, "{\"delay\":\"0s\"}")).get("state").asString())
                .isEqualTo("ready");
        worker.succeed(worker.claim("moved"), "{}");
    }

    @Test
    void a_job_that_gets_a_higher_priority_overtakes_and_one_that_is_only_changed_keeps_its_place() {
        String first = submit("placed", "");
        submit("placed", "");
        String last = submit("placed", "");
        edited(first, "{\"payload\":{\"first\":1}}");
        edited(last, "{\"priority\":1}");
        List<String> order = new ArrayList<>();
        await().atMost(Patience.LONGEST).until(() -> {
            worker.claimNow("placed")
                    .forEach(claimed -> order.add("/v1/jobs/" + claimed.entry().id()));
            return order.size() == 3;
        });
        assertThat(order.getFirst()).isEqualTo(last);
        assertThat(order.get(1)).isEqualTo(first);
    }

    @Test
    void a_job_that_a_worker_has_is_left_alone() {
        String job = submit("taken", "");
        ClaimedJob claimed = worker.claim("taken");
        RefusalsTest.assertProblem(edited(job, "{\"priority\":1}"), 409, "state_conflict");
        RefusalsTest.assertProblem(delete(job), 409, "state_conflict");
        worker.succeed(claimed, "{}");
        RefusalsTest.assertProblem(patch(job, "{\"priority\":1}"), 409, "state_conflict");
    }

    @Test
    void a_dead_job_is_redriven_with_the_payload_it_was_given_after_its_death() {
        String job = submit("mended", "");
        worker.finish(worker.claim("mended"), new Verdict.Died(FailureReason.PERMANENT, "n must be 2"));
        assertThat(edited(job, "{\"payload\":{\"n\":2}}").statusCode()).isEqualTo(200);
        RefusalsTest.assertProblem(patch(job, "{\"delay\":\"1h\"}"), 409, "state_conflict");
        assertThat(api.act(job + "/redrive").statusCode()).isEqualTo(200);
        assertThat(new String(worker.claim("mended").row().payload().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("{\"n\":2}");
    }

    @Test
    void a_change_of_something_else_than_was_seen_is_refused() {
        String job = submit("seen", ",\"delay\":\"1h\"");
        String tag = api.get(job).headers().firstValue("ETag").orElseThrow();
        assertThat(edited(job, "{\"priority\":1}", "If-Match", tag).statusCode())
                .isEqualTo(200);
        RefusalsTest.assertProblem(patch(job, "{\"priority\":2}", "If-Match", tag), 412, "changed_meanwhile");
        assertThat(TestApi.json(api.get(job)).get("priority").asInt()).isEqualTo(1);
    }

    @Test
    void of_two_changes_at_once_each_is_made_whole_or_refused_and_the_job_runs_once() {
        String job = submit("raced", "");
        edited(job, "{\"priority\":0}");
        var answers = IntStream.range(0, 8)
                .mapToObj(n -> CompletableFuture.supplyAsync(
                        () -> patch(job, "{\"payload\":{\"n\":" + n + "}}"), Thread::startVirtualThread))
                .toList();
        assertThat(answers.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
                .allMatch(status -> status == 200 || status == 409 || status == 412)
                .contains(200);
        worker.succeed(worker.claim("raced"), "{}");
        assertThat(worker.claimNow("raced")).isEmpty();
        assertThat(TestApi.json(api.get(job)).get("state").asString()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|''",
                "{\"type\":\"x\"}|/type",
                "{\"priority\":10}|/priority",
                "{\"payload\":[]}|/payload",
                "{\"delay\":\"1h\",\"run_at\":\"2026-12-01T00:00:00Z\"}|/run_at",
                "[]|''"
            })
    void a_change_that_cannot_be_is_refused_by_name(String body, String pointer) {
        var answer = patch(submit("refused", ",\"delay\":\"1h\""), body);
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void an_ended_job_is_removed_and_its_key_stays() {
        String body = "{\"type\":\"own.type\",\"queue\":\"gone\",\"payload\":{}}";
        String job = location(api.submit(body, "Idempotency-Key", "gone"));
        worker.succeed(worker.claim("gone"), "{}");
        assertThat(delete(job).statusCode()).isEqualTo(204);
        RefusalsTest.assertProblem(api.get(job), 404, "not_found");
        RefusalsTest.assertProblem(delete(job), 404, "not_found");
        var again = api.submit(body, "Idempotency-Key", "gone");
        assertThat(location(again)).isEqualTo(job);
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    }

    /** Right after a queue came into being its index is being rebuilt, and whether somebody holds a job is not known. */
    private HttpResponse<String> edited(String job, String body, String... headers) {
        return await().atMost(Patience.LONGEST)
                .until(() -> patch(job, body, headers), answer -> answer.statusCode() != 503);
    }

    private HttpResponse<String> patch(String job, String body, String... headers) {
        var request = api.request(job, "operate")
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body));
        return api.send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> delete(String job) {
        return api.send(api.request(job, "operate").DELETE());
    }

    private String submit(String queue, String more) {
        return location(
                api.submit("{\"type\":\"own.type\",\"queue\":\"" + queue + "\",\"payload\":{\"n\":1}" + more + "}"));
    }

    private String location(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return answer.headers().firstValue("Location").orElseThrow();
    }
}
