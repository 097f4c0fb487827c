package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.LogCanaries;
import io.millrace.testkit.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller may ask of one node, and what it tells of itself. */
class LimitsTest extends ServiceCase {

    /** Generous: the limits themselves are 10 s and 30 s, and the machine may be busy. */
    private static final Duration PATIENCE = Patience.LONGEST;

    private static final String CANARY = "canary-71c0de";

    @Test
    void a_compressed_body_is_refused_whatever_it_would_expand_to() throws IOException {
        var bomb = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                gzip.write(zeros);
            }
        }
        for (String path : new String[] {"/v1/jobs", "/v1/jobs/bulk", "/v1/keys"}) {
            var answer = api.send(api.request(path, "admin")
                    .header("Content-Type", "application/json")
                    .header("Content-Encoding", "gzip")
                    .POST(BodyPublishers.ofByteArray(bomb.toByteArray())));
            RefusalsTest.assertProblem(answer, 415, "unsupported_media_type");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/jobs, 65, 400",
        "/v1/jobs, 70000, 400",
        "/v1/jobs/bulk, 70000, 400",
        "/v1/keys, 1000, 400",
    })
    void json_that_is_nested_too_deep_is_refused(String path, int depth, int status) {
        String nested = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
        String job = "{\"type\": \"limits.deep\", \"payload\": " + nested + "}";
        var answer = api.send(api.post(path, path.endsWith("bulk") ? "[" + job + "]" : job));
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void json_names_and_numbers_have_a_length_and_no_name_comes_twice() {
        refused("{\"type\": \"limits.name\", \"payload\": {\"" + "n".repeat(257) + "\": 1}}");
        refused("{\"type\": \"limits.number\", \"payload\": {\"n\": " + "1".repeat(101) + "}}");
        refused("{\"type\": \"limits.twice\", \"payload\": {\"n\": 1, \"n\": 2}}");
        refused("{\"type\": \"limits.many\", \"payload\": {}, \"tags\": [" + "\"t\",".repeat(16) + "\"t\"]}");
        refused("{\"type\": \"limits.late\", \"payload\": {}, \"delay\": \"367d\"}");
        refused("{\"type\": \"limits.tries\", \"payload\": {}, \"retry\": {\"max_attempts\": 51}}");
    }

    private void refused(String body) {
        assertThat(api.submit(body).statusCode()).as(body).isEqualTo(400);
    }

    @Test
    void a_head_that_drips_in_is_cut_off() throws IOException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii("GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: "));
            out.flush();
            assertCutOff(socket, () -> out.write('a'));
        }
    }

    @Test
    void a_body_that_drips_in_is_refused() throws IOException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii("POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer " + stack.key("produce") + "\r\nContent-Length: 100000\r\n\r\n"));
            out.flush();
            String answer = assertCutOff(socket, () -> out.write(' '));
            assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"request_timeout\"");
        }
    }

    private interface Drip {
        void once() throws IOException;
    }

    /** Sends a byte four times a second until the other side has had enough; what it said. */
    private static String assertCutOff(Socket socket, Drip drip) {
        var over = new AtomicBoolean();
        var said = new ByteArrayOutputStream();
        Thread reader = Thread.ofVirtual().start(() -> {
            try (InputStream in = socket.getInputStream()) {
                in.transferTo(said);
            } catch (IOException e) {
                // Reset instead of closed: cut off as well.
                said.write('\n');
            }
            over.set(true);
        });
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(() -> {
            if (!over.get()) {
                try {
                    drip.once();
                } catch (IOException e) {
                    return true;
                }
            }
            return over.get();
        });
        await().atMost(PATIENCE).until(() -> !reader.isAlive());
        return said.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/jobs", "/livez", "/"})
    void no_other_origin_is_let_in(String path) {
        for (String method : new String[] {"OPTIONS", "GET"}) {
            HttpResponse<String> answer = api.send(api.request(path, "read")
                    .header("Origin", "https://elsewhere.example")
                    .header("Access-Control-Request-Method", "POST")
                    .method(method, BodyPublishers.noBody()));
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/queues", "/v1/nothing", "/livez", "/metrics", "/v1/jobs/x"})
    void every_answer_has_the_headers_that_keep_a_browser_in_check(String path) {
        for (String key : new String[] {"admin", ""}) {
            var headers = api.send(api.request(path, key)).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(headers.firstValue("Cache-Control")).contains("no-store");
            assertThat(headers.firstValue("Content-Security-Policy"))
                    .contains("default-src 'none'; frame-ancestors 'none'");
            assertThat(headers.firstValue("Server")).isEmpty();
        }
    }

    @Test
    void what_the_server_itself_refuses_has_these_headers_too() throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(ascii("NONSENSE\r\n\r\n"));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("X-Content-Type-Options: nosniff")
                    .contains("X-Request-Id: ")
                    .contains("application/problem+json")
                    .doesNotContain("jetty");
        }
    }

    @Test
    void neither_payloads_nor_keys_reach_the_log_nor_traces_and_statements_an_answer() {
        List<String> planted = Stream.concat(
                        Stream.of("admin", "produce", "read")
                                .map(name -> stack.key(name).substring(16)),
                        Stream.of(CANARY))
                .toList();
        try (var canaries = LogCanaries.listen(planted)) {
            String job = "{\"type\": \"limits.canary\", \"payload\": {\"secret\": \"" + CANARY + "\"}}";
            assertThat(api.submit(job).statusCode()).isEqualTo(202);
            var answers = new ConcurrentLinkedQueue<String>();
            answers.add(api.submit(job + CANARY).body());
            answers.add(api.submit("{\"type\": \"email.send\", \"payload\": {\"to\": \"" + CANARY + "\"}}")
                    .body());
            answers.add(api.get("/v1/jobs/" + CANARY).body());
            answers.add(api.get("/v1/jobs?cursor=" + CANARY).body());
            answers.add(api.send(api.request("/v1/jobs", "mr_" + CANARY)).body());
            assertThat(answers)
                    .noneMatch(body -> body.contains("SELECT ")
                            || body.contains("java.")
                            || body.contains("Exception")
                            || body.contains("at io.millrace"));
            canaries.assertSilent();
        }
    }

    @Test
    void what_fails_with_the_stores_is_logged_without_payloads_and_keys(@TempDir Path other) {
        try (var canaries = LogCanaries.listen(List.of(CANARY));
                var broken = RealStack.start(other)) {
            String job = "{\"type\": \"limits.canary\", \"unique_key\": \"" + CANARY
                    + "\", \"payload\": {\"secret\": \"" + CANARY + "\"}}";
            assertThat(broken.api.submit(job, "Idempotency-Key", CANARY).statusCode())
                    .isEqualTo(202);
            broken.postgres.cut();
            assertThat(broken.api.submit(job, "Idempotency-Key", CANARY + 2).statusCode())
                    .isEqualTo(503);
            broken.api.send(broken.api.post("/v1/jobs/bulk", "[" + job + "]"));
            broken.api.get("/v1/jobs?unique_key=" + CANARY);
            broken.api.send(broken.api.request("/v1/jobs", "mr_0123456789ab_" + CANARY));
            broken.redis.cut();
            broken.api.get("/v1/jobs?state=running&error=" + CANARY);
            canaries.assertSilent();
        }
    }

    @Test
    void a_flood_of_bodies_over_the_limit_leaves_nothing_behind() {
        String large = "{\"type\": \"limits.large\", \"payload\": {\"x\": \"" + "x".repeat(1 << 21) + "\"}}";
        IntStream.range(0, 50).parallel().forEach(i -> assertRefused(large));
        assertThat(api.submit("{\"type\": \"limits.large\", \"payload\": {}}").statusCode())
                .isEqualTo(202);
    }

    /** The answer may be lost, since the service does not read on. */
    private void assertRefused(String body) {
        try {
            assertThat(api.submit(body).statusCode()).isEqualTo(413);
        } catch (UncheckedIOException brokenOff) {
            assertThat(brokenOff).hasMessageContaining("IOException");
        }
    }

    @Test
    void a_method_is_what_the_request_line_says() {
        String id = TestApi.json(api.submit("{\"type\": \"limits.override\", \"payload\": {}, \"delay\": \"1h\"}"))
                .get("id")
                .asString();
        var answer = api.send(api.request("/v1/jobs/" + id, "admin").header("X-HTTP-Method-Override", "DELETE"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestApi.json(answer).get("id").asString()).isEqualTo(id);
    }

    private Socket open() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), api.server.port());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
