package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.HttpServer;
import io.millrace.api.http.RequestLimits;
import io.millrace.api.http.RouteTable;
import io.millrace.api.job.SubmitRoutes;
import io.millrace.core.metrics.HttpMetrics;
import io.millrace.core.metrics.JobMetrics;
import io.millrace.protocol.Limits;
import io.millrace.protocol.payload.PayloadTypes;
import io.millrace.testkit.Patience;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many callers at once send bodies as large as may be, and do not end them, to a node with little room for bodies. */
class FloodTest extends ServiceCase {

    private static final int CALLERS = 200;
    private static final int SENT_BY_EACH = 2 << 20;
    private static final int ROOM = 64 << 20;
    private static final Duration PATIENCE = Patience.LONGEST;

    private final BodyBudget budget = new BodyBudget(ROOM);
    private final Queue<Socket> callers = new ConcurrentLinkedQueue<>();
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch sent = new CountDownLatch(CALLERS);

    @Test
    void what_does_not_fit_is_refused_and_what_was_held_is_given_back() throws Exception {
        try (HttpServer server = smallServer()) {
            List<Thread> flood = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                flood.add(Thread.ofVirtual().start(() -> pour(server.port())));
            }
            assertThat(sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(answers)
                            .anyMatch(answer -> answer.startsWith("HTTP/1.1 503 ")
                                    && answer.contains("http-problem-types#temporary-reduced-capacity")));

            assertThat(budget.taken()).isLessThanOrEqualTo(ROOM);
            assertThat(submit(server.port())).isIn(202, 503);

            for (Socket caller : callers) {
                caller.close();
            }
            for (Thread caller : flood) {
                assertThat(caller.join(PATIENCE)).isTrue();
            }
            await().atMost(PATIENCE).until(() -> budget.taken() == 0);
            assertThat(submit(server.port())).isEqualTo(202);
        }
    }

    /** The routes of a node, and little room. */
    private HttpServer smallServer() {
        var metrics = new SimpleMeterRegistry();
        var routes = new RouteTable();
        new SubmitRoutes(
                        stack.engine.acceptor(),
                        new JobMetrics(metrics),
                        PayloadTypes.BUILT_IN,
                        stack.engine.reader(),
                        stack.artifacts,
                        budget,
                        InstantSource.system())
                .addTo(routes);
        return HttpServer.start(
                new HttpServer.Address("127.0.0.1", 0),
                new Gate(stack.engine.apiKeys()),
                RequestLimits.none(),
                routes,
                budget,
                new HttpMetrics(metrics),
                config -> {});
    }

    /** Sends most of a body, unless it is refused before, and reads what it is told. */
    private void pour(int port) {
        byte[] piece = new byte[1 << 16];
        Arrays.fill(piece, (byte) ' ');
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            callers.add(socket);
            try {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /v1/jobs/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                + "Authorization: Bearer " + stack.key("produce") + "\r\nContent-Length: "
                                + Limits.MAX_BULK_BYTES + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (int i = 0; i < SENT_BY_EACH / piece.length; i++) {
                    out.write(piece);
                }
            } finally {
                sent.countDown();
            }
            answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Refused while it was sending, so that the answer is lost; or closed by the test.
            answers.add("");
        }
    }

    private int submit(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/jobs"))
                .header("Authorization", "Bearer " + stack.key("produce"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"type\": \"flood.small\", \"payload\": {}}"))
                .build();
        return api.client.send(request, BodyHandlers.ofString()).statusCode();
    }
}
