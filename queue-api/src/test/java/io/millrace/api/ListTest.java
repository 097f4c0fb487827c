package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Lists and search, on jobs of every state. */
class ListTest extends ServiceCase {

    @BeforeAll
    void makeJobs() {
        submit("fine", "own.done", "\"tags\":[\"red\",\"blue\"]");
        worker.succeed(worker.claim("fine"), "{}");
        submit("fine", "own.runs", "\"tags\":[\"blue\"]");
        worker.claim("fine");
        submit("fine", "own.later", "\"delay\":\"2h\"");
        submit("fine", "own.soon", "\"delay\":\"1h\",\"tags\":[\"redder\"]");
        submit("fine", "own.waits", "\"priority\":3");
        for (String message : List.of("No such ADDRESS", "100% of_it", "timed out")) {
            submit("broken", "own.breaks", "\"priority\":1");
            worker.finish(worker.claim("broken"), new Verdict.Died(FailureReason.PERMANENT, message));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "queue=fine&state=succeeded,own.done",
        "state=running,own.runs",
        "queue=fine&state=running&type=own.runs,own.runs",
        "queue=broken&state=running,''",
        "state=scheduled,own.soon own.later",
        "state=ready,own.waits",
        "state=cancelled,''",
        "tag=blue,own.runs own.done",
        "tag=red,own.done",
        "type=own.later,own.later",
        "queue=fine&type=own.breaks,''",
        "error=address,own.breaks",
        "error=100%25%20of_,own.breaks",
        "state=dead,own.breaks own.breaks own.breaks",
        "queue=fine,own.waits own.soon own.later own.runs own.done",
        "created_from=2026-01-01T00:00:00Z&state=ready,own.waits",
        "created_before=2026-01-01T00:00:00Z,''",
        "created_before=2026-01-01T00:00:00Z&state=dead,''"
    })
    void a_filter_finds_what_it_says_in_its_order(String query, String types) {
        JsonNode page = page(query);
        assertThat(page.get("jobs").valueStream().map(job -> job.get("type").asString()))
                .containsExactlyElementsOf(types.isEmpty() ? List.of() : List.of(types.split(" ")));
        assertThat(page.has("next_cursor")).isFalse();
    }

    @Test
    void a_running_job_is_shown_with_its_worker_in_every_list() {
        JsonNode running = page("type=own.runs").at("/jobs/0");
        assertThat(running.get("state").asString()).isEqualTo("running");
        assertThat(running.get("worker").asString()).isEqualTo(WORKER);
        assertThat(running.get("attempt").asInt()).isEqualTo(1);
    }

    @Test
    void the_job_that_died_last_comes_first_with_its_error() {
        assertThat(page("state=dead&limit=1").at("/jobs/0/error/message").asString())
                .isEqualTo("timed out");
    }

    @ParameterizedTest
    @CsvSource({"queue=fine,5", "state=dead,3", "state=scheduled,2", "error=t,2", "limit=2,8"})
    void cursors_lead_through_a_whole_list_once(String query, int jobs) {
        var seen = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = page(query + (query.startsWith("limit") ? "" : "&limit=1") + cursor);
            page.get("jobs").valueStream().forEach(job -> seen.add(job.get("id").asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(jobs).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "state=done,state",
        "queue=A,queue",
        "type=a/b,type",
        "tag=,tag",
        "limit=0,limit",
        "limit=201,limit",
        "limit=x,limit",
        "created_from=yesterday,created_from",
        "created_before=-999999999-01-01T00:00:00Z,created_before",
        "cursor=x,cursor",
        "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,cursor",
        "error=%00,error",
        "page=2,page"
    })
    void a_parameter_that_cannot_be_is_refused_by_name(String query, String name) {
        var answer = stack.api.get("/v1/jobs?" + query);
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo("?" + name);
    }

    private JsonNode page(String query) {
        var answer = stack.api.get("/v1/jobs?" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestApi.json(answer);
    }

    private void submit(String queue, String type, String more) {
        var answer =
                stack.api.submit("{\"type\":\"" + type + "\",\"queue\":\"" + queue + "\",\"payload\":{}," + more + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
}
