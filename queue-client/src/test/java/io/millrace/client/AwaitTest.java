package io.millrace.client;

import static io.millrace.client.ScriptedServer.ID;
import static io.millrace.client.ScriptedServer.after;
import static io.millrace.client.ScriptedServer.dropped;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.client.ScriptedServer.Seen;
import io.millrace.protocol.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AwaitTest extends ServedTest {

    private static final String DEAD =
            "{\"id\":\"" + ID + "\",\"type\":\"email.send\",\"state\":\"dead\",\"attempt\":3,"
                    + "\"max_attempts\":3,\"error\":{\"reason\":\"permanent\",\"message\":\"no such mailbox\"}}";

    @ParameterizedTest
    @ValueSource(strings = {"succeeded", "dead", "cancelled"})
    void awaiting_returns_the_job_in_whatever_state_it_ended(String state) {
        server.then(json(200, job("scheduled"))).then(json(200, job("running"))).then(json(200, job(state)));

        JobView view = millrace.job(ID).await(Duration.ofSeconds(10));

        assertThat(view.state()).isEqualTo(state);
        assertThat(view.tags()).containsExactly("a");
        assertThat(view.attempts()).isEmpty();
        assertThat(view.artifacts()).isEmpty();
        assertThat(server.seen()).hasSize(3).allMatch(seen -> seen.path().equals("/v1/jobs/" + ID));
    }

    @Test
    void the_service_holds_its_answer_back_until_the_job_has_ended() throws Exception {
        List<Duration> latencies = new ArrayList<>();
        for (int run = 1; run <= 5; run++) {
            int asked = run;
            var ended = new CountDownLatch(1);
            server.then(after(ended, json(200, job("succeeded"))));
            var done = millrace.job(ID).awaitAsync(Duration.ofMinutes(5)).thenApply(view -> System.nanoTime());
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> server.seen().size() == asked);

            long end = System.nanoTime();
            ended.countDown();
            latencies.add(Duration.ofNanos(done.get(1, TimeUnit.MINUTES) - end));
        }

        // The median: one may meet a pause of the machine.
        assertThat(latencies.stream().sorted().toList().get(2)).isLessThan(Duration.ofSeconds(5));
        assertThat(server.seen()).hasSize(5).allMatch(seen -> seen.query().equals("wait=30000ms"));
    }

    @Test
    void an_answer_that_is_held_back_may_take_longer_than_the_request_timeout() {
        var ended = new CountDownLatch(1);
        server.then(after(ended, json(200, job("succeeded"))));
        try (var impatient = client(config().withRequestTimeout(Duration.ofMillis(50)))) {
            var done = impatient.job(ID).awaitAsync(Duration.ofSeconds(30));

            assertThat(done).failsWithin(Duration.ofMillis(500)).withThrowableOfType(TimeoutException.class);
            ended.countDown();

            assertThat(done).succeedsWithin(Duration.ofMinutes(1));
            assertThat(server.seen()).hasSize(1);
        }
    }

    @Test
    void a_wait_is_as_long_as_the_time_that_is_left_and_a_job_that_goes_on_is_asked_for_again() {
        server.then(time.passing(Duration.ofSeconds(30), json(200, job("running"))))
                .then(time.passing(Duration.ofSeconds(30), json(200, job("running"))))
                .then(time.passing(Duration.ofSeconds(10), json(200, job("running"))));

        var thrown = catchThrowableOfType(
                AwaitTimeoutException.class, () -> millrace.job(ID).await(Duration.ofSeconds(70)));

        assertThat(server.seen())
                .extracting(Seen::query)
                .containsExactly("wait=30000ms", "wait=30000ms", "wait=10000ms");
        assertThat(time.pauses()).isEmpty();
        assertThat(thrown)
                .hasMessage("Waiting 70s for job " + ID + ": it was last seen running at attempt 1 of 10."
                        + " Wait again or longer; the job goes on either way.");
    }

    @Test
    void a_service_that_does_not_hold_its_answers_back_is_asked_at_growing_intervals_from_25_ms_to_1_s() {
        server.otherwise(json(200, job("running")));

        var thrown = catchThrowableOfType(
                AwaitTimeoutException.class, () -> millrace.job(ID).await(Duration.ofSeconds(10)));

        List<Duration> pauses = time.pauses();
        assertThat(pauses).startsWith(Duration.ofMillis(25)).contains(Duration.ofSeconds(1));
        assertThat(pauses.subList(0, pauses.size() - 1)).isSorted();
        assertThat(time.passed()).isEqualTo(Duration.ofSeconds(10));
        assertThat(server.seen()).hasSize(pauses.size() + 1);
        assertThat(thrown.lastSeen()).map(JobView::state).contains("running");
    }

    @Test
    void cancelling_an_await_gives_up_the_request_that_is_held_back() throws Exception {
        var carried = new CompletableFuture<Carrier.Answer>();
        try (var held = Millrace.connect(config(), request -> carried)) {
            held.job(ID).awaitAsync(Duration.ofMinutes(1)).cancel(true);
        }

        assertThat(carried).isCancelled();
    }

    @Test
    void awaiting_no_time_looks_once() {
        server.then(json(200, job("succeeded"))).then(json(200, job("ready")));

        assertThat(millrace.job(ID).await(Duration.ZERO).state()).isEqualTo("succeeded");
        assertThatThrownBy(() -> millrace.job(ID).await(Duration.ZERO)).isInstanceOf(AwaitTimeoutException.class);
        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void awaiting_sits_out_an_outage_that_is_longer_than_the_total_deadline() {
        server.then(json(200, job("running"))).then(dropped());
        for (int i = 0; i < 40; i++) {
            server.then(problem(503, "unavailable", "Retry-After", "1"));
        }
        server.then(json(200, job("succeeded")));

        assertThat(millrace.job(ID).await(Duration.ofMinutes(2)).state()).isEqualTo("succeeded");
        assertThat(time.passed()).isGreaterThan(config().totalDeadline());
    }

    @Test
    void an_outage_until_the_time_is_up_is_a_timeout_with_its_cause() {
        server.then(json(200, job("running"))).otherwise(problem(503, "unavailable"));

        assertThatThrownBy(() -> millrace.job(ID).await(Duration.ofSeconds(5)))
                .isInstanceOf(AwaitTimeoutException.class)
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("could not be asked");
        assertThat(time.passed()).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void awaiting_a_job_that_does_not_exist_fails_at_once() {
        server.then(problem(404, "not_found"));

        assertThatThrownBy(() -> millrace.job(ID).await(Duration.ofSeconds(5))).isInstanceOf(RejectedException.class);
    }

    @Test
    void awaiting_success_returns_the_result() {
        String done = job("succeeded").replace("\"tags\"", "\"result\":{\"rows\":3},\"tags\"");
        server.then(json(200, done));

        assertThat(millrace.job(ID).awaitSuccess(Duration.ofSeconds(5)).result())
                .isEqualTo(java.util.Map.of("rows", 3));
    }

    @Test
    void awaiting_success_of_a_job_that_died_throws_its_error() {
        server.then(json(200, DEAD));

        var thrown = catchThrowableOfType(
                JobFailedException.class, () -> millrace.job(ID).awaitSuccess(Duration.ofSeconds(5)));

        assertThat(thrown)
                .hasMessage("Waiting for job " + ID + " (email.send) to succeed: it is dead after attempt 3 of 3,"
                        + " permanent: no such mailbox. Remove the cause, then redrive the job.");
        assertThat(thrown.job().state()).isEqualTo("dead");
    }

    @Test
    void awaiting_success_of_a_cancelled_job_throws() {
        server.then(json(200, job("cancelled")));

        assertThatThrownBy(() -> millrace.job(ID).awaitSuccess(Duration.ofSeconds(5)))
                .isInstanceOf(JobFailedException.class)
                .hasMessageContaining("cancelled");
    }

    @Test
    void closing_the_client_ends_an_await() {
        server.otherwise(server.silence());
        var waiting = millrace.job(ID).awaitAsync(Duration.ofHours(1));

        millrace.close();

        assertThat(waiting).failsWithin(Duration.ofMinutes(1));
    }
}
