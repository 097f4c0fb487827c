package io.millrace.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submits in forms that HTTP allows and clients rarely send: the answers do not depend on the way that serves them. */
class ShortWayTest {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
    private static final String JOB = "{\"type\":\"a\",\"queue\":\"short-way\",\"payload\":{}}";

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static TestApi api;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        api = stack.api;
        assertThat(api.submit(JOB).statusCode()).isEqualTo(202);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void requests_that_arrive_together_are_answered_in_order() throws IOException {
        String answers = talk(
                List.of(post("Idempotency-Key: a\r\n", JOB) + post("", "{}") + post("Connection: close\r\n", JOB)));
        assertThat(statuses(answers)).containsExactly("202", "400", "202");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 190, 230})
    void a_request_may_arrive_in_pieces(int first) throws IOException {
        String request = post("Connection: close\r\n", JOB);
        assertThat(statuses(talk(List.of(request.substring(0, first), request.substring(first)))))
                .containsExactly("202");
    }

    @Test
    void a_body_may_come_in_chunks() throws IOException {
        String head = head("Transfer-Encoding: chunked\r\nConnection: close\r\n");
        String chunks = Integer.toHexString(JOB.length()) + "\r\n" + JOB + "\r\n0\r\n\r\n";
        assertThat(statuses(talk(List.of(head + "\r\n" + chunks)))).containsExactly("202");
    }

    @Test
    void a_caller_may_ask_whether_to_go_on() throws IOException {
        assertThat(statuses(talk(List.of(post("Expect: 100-continue\r\nConnection: close\r\n", JOB)))))
                .endsWith("202");
    }

    @Test
    void a_large_job_is_accepted_too() throws IOException {
        String job = "{\"type\":\"a\",\"queue\":\"short-way\",\"payload\":{\"s\":\"" + "x".repeat(100_000) + "\"}}";
        assertThat(statuses(talk(List.of(post("Connection: close\r\n", job))))).containsExactly("202");
    }

    @Test
    void a_caller_that_leaves_before_its_answer_leaves_its_job() throws IOException {
        String job = JOB.replace("short-way", "left-alone");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream().write(post("", job).getBytes(ISO_8859_1));
        }
        await().untilAsserted(() -> assertThat(api.get("/v1/queues").body()).contains("left-alone"));
    }

    private static String post(String headers, String body) {
        return head(headers + "Content-Length: " + body.length() + "\r\n") + "\r\n" + body;
    }

    private static String head(String headers) {
        return "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + stack.key("admin")
                + "\r\nContent-Type: application/json\r\n" + headers;
    }

    /** Writes the parts, each as a packet of its own, and reads until the service closes the connection. */
    private static String talk(List<String> parts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.setTcpNoDelay(true);
            for (String part : parts) {
                socket.getOutputStream().write(part.getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
            }
            var answers = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answers);
            return answers.toString(ISO_8859_1);
        }
    }

    private static List<String> statuses(String answers) {
        return STATUS.matcher(answers).results().map(match -> match.group(1)).toList();
    }
}
