package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.testkit.Patience;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Changes of many jobs. */
class OperationsTest extends ServiceCase {

    private static final Duration PATIENCE = Patience.LONGEST;

    @Test
    void dead_jobs_are_grouped_by_what_their_failures_have_in_common() {
        die("grouped", "no user 17 at 'here'", "no user 18 at 'there'", "disk full");
        JsonNode groups = TestApi.json(api.get("/v1/dead-letters/groups?queue=grouped"));
        assertThat(groups.get("complete").asBoolean()).isTrue();
        assertThat(groups.get("groups")
                        .valueStream()
                        .map(group -> group.get("pattern").asString()))
                .containsExactly("no user # at #", "disk full");
        assertThat(groups.at("/groups/0/jobs").asInt()).isEqualTo(2);
        assertThat(groups.at("/groups/0/queues/0").asString()).isEqualTo("grouped");
    }

    @Test
    void one_group_is_redriven_and_the_others_stay() {
        die("redriven", "timeout after 3 s", "timeout after 5 s", "no such user");
        String fingerprint = TestApi.json(api.get("/v1/dead-letters/groups?queue=redriven"))
                .at("/groups/0/fingerprint")
                .asString();
        JsonNode done = carriedOut("/v1/dead-letters/redrive?queue=redriven&fingerprint=" + fingerprint);
        assertThat(done.get("changed").asInt()).isEqualTo(2);
        List<ClaimedJob> again = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> again.addAll(worker.claimNow("redriven")) && again.size() == 2);
        assertThat(dead("redriven")).isEqualTo(1);
    }

    @Test
    void dead_jobs_are_discarded_by_their_error() {
        die("discarded", "mailbox unknown", "mailbox full");
        assertThat(carriedOut("/v1/dead-letters/discard?queue=discarded&error=FULL")
                        .get("changed")
                        .asInt())
                .isEqualTo(1);
        assertThat(dead("discarded")).isEqualTo(1);
        assertThat(TestApi.json(api.get("/v1/jobs?queue=discarded")).get("jobs").size())
                .isEqualTo(1);
    }

    @Test
    void a_purge_cancels_what_waits_and_leaves_what_runs_and_what_has_ended() {
        submit("purged", "", 1);
        worker.succeed(worker.claim("purged"), "{}");
        submit("purged", "", 1);
        var running = worker.claim("purged");
        submit("purged", "", 700);
        submit("purged", ",\"delay\":\"1h\"", 30);
        await().atMost(PATIENCE).until(() -> api.queue("purged").get("ready").asInt() == 700);

        JsonNode done = carriedOut("/v1/queues/purged/purge");
        assertThat(done.get("changed").asInt()).isEqualTo(730);
        assertThat(done.get("skipped").asInt()).isEqualTo(1);
        assertThat(worker.claimNow("purged")).isEmpty();
        worker.succeed(running, "{}");
        assertThat(states("purged", "succeeded")).isEqualTo(2);
        assertThat(states("purged", "cancelled")).isEqualTo(200);
        assertThat(states("purged", "scheduled")).isZero();
    }

    @Test
    void an_operation_with_a_rate_takes_its_time_and_can_be_aborted() {
        String[] messages = IntStream.range(0, 12).mapToObj(i -> "slow").toArray(String[]::new);
        die("rated", messages);
        String operation = begun("/v1/dead-letters/redrive?queue=rated&rate=1");
        await().atMost(PATIENCE)
                .until(() -> TestApi.json(api.get(operation)).get("changed").asInt() > 0);
        assertThat(TestApi.json(api.act(operation + "/abort")).get("state").asString())
                .isEqualTo("aborted");
        assertThat(dead("rated")).isPositive();
        RefusalsTest.assertProblem(api.act(operation + "/abort"), 409, "state_conflict");
        assertThat(TestApi.json(api.get("/v1/operations"))
                        .get("operations")
                        .valueStream()
                        .map(each -> "/v1/operations/" + each.get("id").asString()))
                .contains(operation);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/dead-letters/redrive",
                "/v1/dead-letters/discard?all=yes",
                "/v1/dead-letters/redrive?fingerprint=x",
                "/v1/dead-letters/redrive?queue=a&rate=0",
                "/v1/dead-letters/redrive?queue=a&state=ready",
                "/v1/queues/a/purge?error=x"
            })
    void what_is_not_clear_is_refused_before_anything_is_changed(String path) {
        RefusalsTest.assertProblem(api.act(path), 400, "invalid_field");
    }

    private JsonNode carriedOut(String path) {
        String operation = begun(path);
        return await().atMost(PATIENCE)
                .until(
                        () -> TestApi.json(api.get(operation)),
                        now -> now.get("state").asString().equals("done"));
    }

    private String begun(String path) {
        HttpResponse<String> answer = api.act(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private void die(String queue, String... messages) {
        for (String message : messages) {
            submit(queue, "", 1);
            worker.finish(worker.claim(queue), new Verdict.Died(FailureReason.PERMANENT, message));
        }
    }

    private void submit(String queue, String more, int jobs) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            items.add("{\"type\":\"own.type\",\"queue\":\"" + queue + "\",\"payload\":{}" + more + "}");
        }
        var answer = api.send(api.request("/v1/jobs/bulk", "admin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(items.toString())));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private int dead(String queue) {
        return states(queue, "dead");
    }

    private int states(String queue, String state) {
        return TestApi.json(api.get("/v1/jobs?limit=200&queue=" + queue + "&state=" + state))
                .get("jobs")
                .size();
    }
}
