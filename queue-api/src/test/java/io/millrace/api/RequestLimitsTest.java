package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.limit.TokenLimit;
import io.millrace.testkit.LogWatch;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More requests than the limits let in. */
class RequestLimitsTest {

    private static final String JOB = "{\"type\":\"a\",\"queue\":\"asked\",\"payload\":{}}";

    @TempDir
    Path folder;

    private static HttpResponse<String> firstRefused(Supplier<HttpResponse<String>> ask) {
        return await().pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .until(ask::get, answer -> answer.statusCode() == 429);
    }

    private static long count(int times, int status, Supplier<HttpResponse<String>> ask) {
        return IntStream.range(0, times)
                .filter(i -> ask.get().statusCode() == status)
                .count();
    }

    @Test
    void a_key_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up() {
        try (var stack = RealStack.start(folder, Map.of("MILLRACE_KEY_RATE", "3"))) {
            HttpResponse<String> refused = firstRefused(() -> stack.api.submit(JOB));
            RefusalsTest.assertProblem(
                    refused,
                    429,
                    "too_many_requests",
                    "https://iana.org/assignments/http-problem-types#quota-exceeded");
            assertThat(TestApi.json(refused).get("violated-policies").toString())
                    .isEqualTo("[\"key\"]");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.headers().firstValue("RateLimit-Policy")).hasValue("\"key\";q=3;w=1");
            assertThat(refused.headers().firstValue("RateLimit")).hasValue("\"key\";r=0;t=1");
            assertThat(stack.api.send(stack.api.request("/v1/queues", "read")).statusCode())
                    .isEqualTo(200);
            assertThat(stack.api.send(stack.api.request("/livez", "")).statusCode())
                    .isEqualTo(200);
            await().until(() -> stack.api.submit(JOB).statusCode() == 202);
        }
    }

    @Test
    void a_quota_is_spent_only_once_by_requests_that_are_served_in_two_ways() {
        try (var log = LogWatch.on(TokenLimit.class).expect("Redis is away");
                var stack = RealStack.start(
                        folder, Map.of("MILLRACE_KEY_RATE", "1000000", "MILLRACE_ADDRESS_RATE", "40"))) {
            long begun = System.nanoTime();
            // Each is begun on the short way, found wrong, and served again on the long one.
            long let = count(60, 400, () -> stack.api.submit("{\"type\":\"a\",\"payload\":{},\"x\":1}"));
            double seconds = (System.nanoTime() - begun) / 1e9;
            assertThat(let).isGreaterThanOrEqualTo(40);
            // A node that Redis keeps waiting for a quarter of a second has a quota of its own beside the common one.
            assertThat(let <= (long) (40 + 40 * 1.05 * seconds + 3)
                            || !log.messages().isEmpty())
                    .as("%d were let through", let)
                    .isTrue();
        }
    }

    @Test
    void whoever_guesses_keys_is_stopped_and_a_known_caller_at_his_address_is_not() {
        Map<String, String> settings = Map.of("MILLRACE_STRANGER_RATE", "5");
        try (var stack = RealStack.start(folder, settings)) {
            assertThat(stack.api.submit(JOB).statusCode()).isEqualTo(202);
            long begun = System.nanoTime();
            assertThat(count(5, 401, () -> stack.api.send(stack.api.request("/v1/queues", "stranger"))))
                    .isEqualTo(5);
            HttpResponse<String> refused = firstRefused(() -> stack.api.send(stack.api.request("/v1/queues", "")));
            assertThat(refused.headers().firstValue("RateLimit-Policy")).hasValue("\"stranger\";q=5;w=60");
            // A slow machine may find its key forgotten, after 4 s, and is then told to wait as well.
            int status = stack.api.submit(JOB).statusCode();
            assertThat(status == 202 || System.nanoTime() - begun > 3_000_000_000L)
                    .isTrue();
        }
    }

    @Test
    void behind_a_trusted_proxy_each_client_has_an_address_of_his_own() {
        Map<String, String> settings =
                Map.of("MILLRACE_ADDRESS_RATE", "1", "MILLRACE_TRUSTED_PROXIES", "127.0.0.0/8, ::1");
        try (var stack = RealStack.start(folder, settings)) {
            firstRefused(() -> stack.api.submit(JOB, "X-Forwarded-For", "203.0.113.1"));
            assertThat(stack.api
                            .submit(JOB, "X-Forwarded-For", "1.1.1.1, 203.0.113.2")
                            .statusCode())
                    .isEqualTo(202);
        }
        try (var stack = RealStack.start(folder, Map.of("MILLRACE_ADDRESS_RATE", "1"))) {
            int[] n = {0};
            firstRefused(() -> stack.api.submit(JOB, "X-Forwarded-For", "203.0.113." + n[0]++ % 200));
        }
    }

    @Test
    void without_redis_a_node_keeps_the_limits_by_itself() {
        try (var stack = RealStack.start(folder, Map.of("MILLRACE_KEY_RATE", "5"))) {
            assertThat(stack.api.submit(JOB).statusCode()).isEqualTo(202);
            stack.redis.cut();
            long let = count(20, 202, () -> stack.api.submit(JOB));
            assertThat(let).isGreaterThanOrEqualTo(5);
            firstRefused(() -> stack.api.submit(JOB));
            stack.redis.heal();
            await().until(() -> stack.api.submit(JOB).statusCode() == 202);
        }
    }
}
