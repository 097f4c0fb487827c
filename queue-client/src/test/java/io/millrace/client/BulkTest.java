package io.millrace.client;

import static io.millrace.client.ScriptedServer.dropped;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.millrace.client.ScriptedServer.Seen;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BulkTest extends ServedTest {

    private static final String ACCEPTED = "{\"status\":202,\"job\":" + job("ready") + "}";
    private static final String REFUSED =
            "{\"status\":422,\"problem\":{\"status\":422,\"code\":\"invalid_payload\",\"detail\":\"no 'to'\"}}";

    @Test
    void two_and_a_half_thousand_jobs_go_in_three_requests_in_order_each_with_its_own_key() {
        server.otherwise(this::acceptAll);
        List<JobRequest> requests = IntStream.range(0, 2_500)
                .mapToObj(i -> Job.of("email.send").payload(Map.of("n", i)))
                .toList();

        BulkResult result = millrace.enqueueAll(requests);

        assertThat(result.orThrow()).hasSize(2_500);
        assertThat(server.seen()).hasSize(3).allMatch(seen -> seen.path().equals("/v1/jobs/bulk"));
        List<JsonNode> items = server.seen().stream().flatMap(BulkTest::items).toList();
        assertThat(items)
                .extracting(item -> item.at("/payload/n").asInt())
                .isEqualTo(IntStream.range(0, 2_500).boxed().toList());
        assertThat(items)
                .extracting(item -> item.at("/idempotency_key").asString())
                .doesNotHaveDuplicates()
                .allMatch(key -> key.length() == 40);
    }

    @Test
    void each_job_of_many_carries_its_own_trace() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        server.otherwise(this::acceptAll);
        millrace.enqueueAll(List.of(Job.of("t").traceparent(trace), Job.of("t")));
        List<JsonNode> items = server.seen().stream().flatMap(BulkTest::items).toList();
        assertThat(items.get(0).path("traceparent").asString("")).isEqualTo(trace);
        assertThat(items.get(1).has("traceparent")).isFalse();
    }

    @Test
    void large_payloads_are_split_so_that_no_request_is_over_eight_mebibytes() {
        server.otherwise(this::acceptAll);
        String large = "x".repeat(Limits.MAX_PAYLOAD_BYTES - 2);

        BulkResult result = millrace.enqueueAll(
                IntStream.range(0, 17).mapToObj(i -> Job.of("t").payload(large)).toList());

        assertThat(result.accepted()).hasSize(17);
        assertThat(server.seen()).hasSize(3).allMatch(seen -> seen.body().length() <= BulkSubmitter.MAX_BYTES);
    }

    @Test
    void jobs_that_belong_together_go_in_one_request_that_asks_for_all_or_nothing() {
        server.otherwise(this::acceptAll);
        String large = "x".repeat(Limits.MAX_PAYLOAD_BYTES - 2);
        List<JobRequest> requests =
                IntStream.range(0, 12).mapToObj(i -> Job.of("t").payload(large)).toList();

        assertThat(millrace.enqueueAtomically(requests))
                .hasSize(12)
                .allSatisfy(job -> assertThat(job.outcome()).contains(SubmitOutcome.MADE));
        assertThat(server.seen()).singleElement().satisfies(seen -> {
            assertThat(seen.query()).isEqualTo("atomic=true");
            assertThat(items(seen).map(item -> item.at("/idempotency_key").asString()))
                    .doesNotHaveDuplicates()
                    .allMatch(key -> key.length() == 40);
        });
    }

    @Test
    void more_than_one_request_takes_cannot_be_all_or_nothing() {
        JobRequest large = Job.of("t").payload("x".repeat(Limits.MAX_PAYLOAD_BYTES - 2));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> millrace.enqueueAtomically(Collections.nCopies(17, large)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> millrace.enqueueAtomically(Collections.nCopies(10_001, Job.of("t"))));
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void all_or_nothing_is_repeated_with_the_same_keys_and_its_refusal_names_the_jobs() {
        server.then(dropped());
        server.then(json(
                409,
                "{\"status\":409,\"code\":\"unique_conflict\",\"existing_id\":\"" + ScriptedServer.ID
                        + "\",\"errors\":[{\"pointer\":\"/1/unique_key\",\"detail\":\"is held\"}]}"));
        List<JobRequest> requests = List.of(Job.of("a"), Job.of("b").uniqueKey("k"));

        assertThatThrownBy(() -> millrace.enqueueAtomically(requests))
                .isInstanceOfSatisfying(UniqueConflictException.class, e -> {
                    assertThat(e.existing()).contains(new JobId(UUID.fromString(ScriptedServer.ID)));
                    assertThat(e.errors())
                            .singleElement()
                            .satisfies(error -> assertThat(error.pointer()).isEqualTo("/1/unique_key"));
                });
        assertThat(server.seen())
                .hasSize(2)
                .extracting(Seen::body)
                .containsOnly(server.seen().get(0).body());
    }

    @Test
    void an_existing_job_of_a_bulk_is_told_from_a_new_one() {
        server.then(json(
                200,
                "{\"results\":[" + ACCEPTED + ",{\"status\":200,\"existing_id\":\"" + ScriptedServer.ID
                        + "\"},{\"status\":200,\"existing_id\":\"" + ScriptedServer.ID
                        + "\",\"replaced\":true},{\"status\":202,\"replayed\":true,\"job\":" + job("ready") + "}]}"));

        assertThat(millrace.enqueueAll(Collections.nCopies(4, Job.of("a"))).orThrow())
                .extracting(job -> job.outcome().orElseThrow())
                .containsExactly(
                        SubmitOutcome.MADE, SubmitOutcome.EXISTING, SubmitOutcome.REPLACED, SubmitOutcome.REPLAYED);
    }

    @Test
    void no_jobs_are_no_request() {
        assertThat(millrace.enqueueAll(List.of()).submissions()).isEmpty();
        assertThat(millrace.enqueueAtomically(List.of())).isEmpty();
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void each_job_stands_for_itself() {
        server.then(json(200, "{\"results\":[" + ACCEPTED + "," + REFUSED + "]}"));

        BulkResult result =
                millrace.enqueueAll(List.of(Job.of("a"), Job.of("b").payload("y".repeat(2_000_000)), Job.of("c")));

        assertThat(result.submissions())
                .extracting(Submission::getClass)
                .containsExactly(Submission.Accepted.class, Submission.Rejected.class, Submission.Rejected.class);
        assertThat(result.rejected())
                .extracting(rejected -> rejected.problem().code())
                .containsExactly("too_large", "invalid_payload");
        assertThatThrownBy(result::orThrow)
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("1 were accepted");
    }

    @Test
    void a_job_that_a_full_queue_refused_can_be_submitted_again_with_its_key() {
        server.then(json(
                        200,
                        "{\"results\":[" + ACCEPTED + ",{\"status\":429,\"problem\":{\"type\":\"t\",\"title\":\"full\","
                                + "\"status\":429,\"detail\":\"d\",\"code\":\"queue_full\",\"retry_after\":5}}]}"))
                .otherwise(this::acceptAll);

        BulkResult first = millrace.enqueueAll(List.of(Job.of("a"), Job.of("b")));
        List<JobRequest> again = first.unanswered();
        BulkResult second = millrace.enqueueAll(again);

        assertThat(first.rejected()).isEmpty();
        assertThat(again).hasSize(1);
        assertThat(again.get(0).idempotencyKey()).isPresent();
        assertThat(second.accepted()).hasSize(1);
    }

    @Test
    void a_bulk_submit_whose_answer_was_lost_is_repeated_with_the_same_keys() {
        server.then(dropped()).otherwise(this::acceptAll);

        millrace.enqueueAll(List.of(Job.of("a"), Job.of("b"))).orThrow();

        assertThat(server.seen()).hasSize(2);
        assertThat(server.seen().get(1).body()).isEqualTo(server.seen().get(0).body());
    }

    @Test
    void an_outage_half_way_leaves_the_rest_unanswered_and_ready_to_be_submitted_again() {
        server.then(this::acceptAll).otherwise(problem(503, "unavailable", "Retry-After", "60"));
        List<JobRequest> requests =
                IntStream.range(0, 2_500).mapToObj(i -> Job.of("a")).toList();

        BulkResult first = millrace.enqueueAll(requests);
        String keyOfFirstUnanswered = first.unanswered().get(0).idempotencyKey().orElseThrow();
        server.otherwise(this::acceptAll);
        BulkResult second = millrace.enqueueAll(first.unanswered());

        assertThat(first.accepted()).hasSize(1_000);
        assertThat(first.unanswered()).hasSize(1_500);
        assertThatThrownBy(first::orThrow).isInstanceOf(UnavailableException.class);
        assertThat(second.accepted()).hasSize(1_500);
        assertThat(items(server.seen().get(2))
                        .findFirst()
                        .orElseThrow()
                        .at("/idempotency_key")
                        .asString())
                .isEqualTo(keyOfFirstUnanswered);
    }

    @Test
    void a_wrong_key_is_thrown_since_nothing_can_have_been_accepted() {
        server.then(problem(401, "unauthenticated"));

        assertThatThrownBy(() -> millrace.enqueueAll(List.of(Job.of("a")))).isInstanceOf(RejectedException.class);
    }

    @Test
    void a_key_revoked_half_way_does_not_hide_what_was_accepted() {
        server.then(this::acceptAll).then(problem(401, "unauthenticated"));

        BulkResult result = millrace.enqueueAll(
                IntStream.range(0, 1_001).mapToObj(i -> Job.of("a")).toList());

        assertThat(result.accepted()).hasSize(1_000);
        assertThat(result.rejected()).hasSize(1);
    }

    @Test
    void an_answer_with_too_few_results_is_not_guessed_at() {
        server.then(json(200, "{\"results\":[" + ACCEPTED + "]}"));

        assertThat(millrace.enqueueAll(List.of(Job.of("a"), Job.of("b"))).unanswered())
                .hasSize(2);
    }

    private void acceptAll(HttpExchange exchange) throws IOException {
        long jobs = items(server.seen().get(server.seen().size() - 1)).count();
        String results = IntStream.range(0, (int) jobs).mapToObj(i -> ACCEPTED).collect(Collectors.joining(","));
        ScriptedServer.send(exchange, 200, "application/json", "{\"results\":[" + results + "]}");
    }

    private static java.util.stream.Stream<JsonNode> items(Seen seen) {
        return JsonMapper.shared().readTree(seen.body()).valueStream();
    }
}
